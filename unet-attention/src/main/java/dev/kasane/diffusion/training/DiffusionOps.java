package dev.kasane.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.TorchScript;
import java.util.List;

/** Operators of diffusion training. */
public interface DiffusionOps {
  DiffusionOps DIFFUSION = TorchScript.bind(DiffusionOps.class, "training.ts.py");

  /**
   * Mean squared error in float32, weighted by picture.
   *
   * @param prediction (batch, channels, height, width)
   * @param target of the same shape, float32
   * @param weights (batch)
   */
  NDArray weightedSquaredError(NDArray prediction, NDArray target, NDArray weights);

  /**
   * Adds a random mean to every channel of noise (Guttenberg 2023, "Diffusion with Offset Noise").
   *
   * @param noise (batch, channels, height, width)
   * @param offset deviation of the means
   */
  NDArray offsetNoise(NDArray noise, double offset);

  /** Joins tensors along their first axis; the result belongs to {@code scope}. */
  NDArray stack(NDManager scope, List<NDArray> tensors);

  /**
   * Rows of a table.
   *
   * @param table (rows, …)
   * @param indices (batch), 64-bit integers
   */
  NDArray rows(NDManager scope, NDArray table, NDArray indices);
}
