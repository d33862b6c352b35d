package dev.kasane.core.algebra;

import dev.kasane.core.checkpoint.TensorTransform;
import java.nio.file.Path;

/**
 * Where a layer's weight lies.
 *
 * @param file safetensors file or PyTorch checkpoint
 * @param tensor its name there
 * @param transform from the stored form to the model's layout: axes of length one, some rows of a fused
 *     matrix, a transposed one
 */
public record WeightPlace(Path file, String tensor, TensorTransform transform) {
  /** A weight that is stored as the model has it. */
  public static WeightPlace of(Path file, String tensor) {
    return new WeightPlace(file, tensor, new TensorTransform.Identity());
  }
}
