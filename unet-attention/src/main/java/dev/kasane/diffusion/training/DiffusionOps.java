package dev.kasane.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.TorchScript;
import java.util.List;

/** Operators of diffusion training. */
public final class DiffusionOps {
  private static final TorchScript SCRIPT = TorchScript.load(DiffusionOps.class, "training.ts.py");

  private DiffusionOps() {}

  /**
   * Mean squared error in float32, weighted by picture.
   *
   * @param prediction (batch, channels, height, width)
   * @param target of the same shape, float32
   * @param weights (batch)
   */
  public static NDArray weightedSquaredError(NDArray prediction, NDArray target, NDArray weights) {
    return SCRIPT.call("weighted_squared_error", prediction, target, weights);
  }

  /**
   * Adds a random mean to every channel of noise (Guttenberg 2023, "Diffusion with Offset Noise").
   *
   * @param noise (batch, channels, height, width)
   * @param offset deviation of the means
   */
  static NDArray offsetNoise(NDArray noise, double offset) {
    return SCRIPT.call("offset_noise", noise, offset);
  }

  /** Joins tensors along their first axis; the result belongs to {@code scope}. */
  static NDArray stack(List<NDArray> tensors, NDManager scope) {
    return SCRIPT.callAll("stack", scope, tensors)[0];
  }

  /**
   * Rows of a table; the result belongs to the manager of the indices.
   *
   * @param table (rows, …)
   * @param indices (batch), 64-bit integers
   */
  public static NDArray rows(NDArray table, NDArray indices) {
    return SCRIPT.callAll("rows", indices.getManager(), table, indices)[0];
  }
}
