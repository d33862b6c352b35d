package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.Ops;

/** Layer normalisation over the last axis. */
public final class LayerNorm extends Module {
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

  /** Normalises (…, width). */
  public NDArray forward(NDArray x) {
    return Ops.layerNorm(x, weight.dense(x.getManager()), bias.dense(x.getManager()), epsilon);
  }
}
