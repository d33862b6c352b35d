package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** Layer normalisation over the last axis. */
public final class LayerNorm extends AdaptableLayer {
  private final Weight weight;
  private final Weight bias;
  private final double epsilon;

  /**
   * @param width size of the last axis
   * @param epsilon added to the variance
   */
  public LayerNorm(long width, double epsilon) {
    this.weight = weight("weight", width);
    this.bias = weight("bias", width);
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

  /** Normalises (…, width). */
  @Override
  protected NDArray applyBase(NDArray x) {
    return OPS.layerNorm(x, weight.dense(x.getManager()), bias.dense(x.getManager()), epsilon);
  }

  @Override
  public NDArray apply(NDArray x, NDArray other) {
    try (NDArray none = x.getManager().zeros(bias.shape())) {
      return apply(x, other, none);
    }
  }

  @Override
  public NDArray apply(NDArray x, NDArray other, NDArray otherBias) {
    return otherBias == null ? apply(x, other) : OPS.layerNorm(x, other, otherBias, epsilon);
  }
}
