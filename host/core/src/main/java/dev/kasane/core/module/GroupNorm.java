package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.Ops;

/** Group normalisation with a scale and a shift for each channel. */
public final class GroupNorm extends Module {
  private final Weight weight;
  private final Weight bias;
  private final int groups;
  private final double epsilon;

  /**
   * @param groups how many groups the channels form
   * @param channels how many channels
   * @param epsilon added to the variance
   */
  public GroupNorm(int groups, long channels, double epsilon) {
    this.weight = weight("weight", channels);
    this.bias = weight("bias", channels);
    this.groups = groups;
    this.epsilon = epsilon;
  }

  /** Normalises (batch, channels, …). */
  public NDArray forward(NDArray x) {
    return Ops.groupNorm(x, groups, weight.dense(x.getManager()), bias.dense(x.getManager()), epsilon);
  }

  /** Normalises and applies SiLU. */
  public NDArray forwardSilu(NDArray x) {
    return Ops.groupNormSilu(x, groups, weight.dense(x.getManager()), bias.dense(x.getManager()), epsilon);
  }
}
