package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** Group normalisation with a scale and a shift for each channel. */
public final class GroupNorm extends NormLayer {
  private final int groups;
  private final double epsilon;

  /**
   * @param groups how many groups the channels form
   * @param channels how many channels
   * @param epsilon added to the variance
   */
  public GroupNorm(int groups, long channels, double epsilon) {
    super(channels);
    this.groups = groups;
    this.epsilon = epsilon;
  }

  /** Normalises (batch, channels, …). */
  @Override
  NDArray normalise(NDArray x, NDArray scale, NDArray shift) {
    return OPS.groupNorm(x, groups, scale, shift, epsilon);
  }

  /** Normalises and applies SiLU. */
  public NDArray forwardSilu(NDArray x) {
    if (!isBare()) {
      try (NDArray normed = forward(x)) {
        return OPS.silu(normed);
      }
    }
    NDManager scope = x.getManager();
    return OPS.groupNormSilu(x, groups, weight().materialise(scope), bias().materialise(scope), epsilon);
  }
}
