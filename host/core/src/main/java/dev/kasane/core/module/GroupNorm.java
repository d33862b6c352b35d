package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** Group normalisation with a scale and a shift for each channel. */
public final class GroupNorm extends AdaptableLayer {
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

  @Override
  protected Weight weightPlace() {
    return weight;
  }

  @Override
  protected Weight biasPlace() {
    return bias;
  }

  @Override
  public Kind kind() {
    return Kind.NORM;
  }

  /** Normalises (batch, channels, …). */
  @Override
  protected NDArray applyBase(NDArray x) {
    return OPS.groupNorm(x, groups, weight.dense(x.getManager()), bias.dense(x.getManager()), epsilon);
  }

  @Override
  public NDArray apply(NDArray x, NDArray other) {
    try (NDArray none = x.getManager().zeros(bias.shape())) {
      return apply(x, other, none);
    }
  }

  @Override
  public NDArray apply(NDArray x, NDArray other, NDArray otherBias) {
    return otherBias == null ? apply(x, other) : OPS.groupNorm(x, groups, other, otherBias, epsilon);
  }

  /** Normalises and applies SiLU. */
  public NDArray forwardSilu(NDArray x) {
    if (!isBare()) {
      try (NDArray normed = forward(x)) {
        return OPS.silu(normed);
      }
    }
    return OPS.groupNormSilu(x, groups, weight.dense(x.getManager()), bias.dense(x.getManager()), epsilon);
  }
}
