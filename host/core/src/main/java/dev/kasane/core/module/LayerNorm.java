package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** Layer normalisation over the last axis. */
public final class LayerNorm extends NormLayer {
  private final double epsilon;

  /**
   * @param width size of the last axis
   * @param epsilon added to the variance
   */
  public LayerNorm(long width, double epsilon) {
    super(width);
    this.epsilon = epsilon;
  }

  /** Normalises (…, width). */
  @Override
  NDArray normalise(NDArray x, NDArray scale, NDArray shift) {
    return OPS.layerNorm(x, scale, shift, epsilon);
  }
}
