package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** A normalisation with a scale and a shift for each channel, its weight and bias. */
abstract class NormLayer extends AdaptableLayer {
  /**
   * @param channels how many channels
   */
  NormLayer(long channels) {
    super(Kind.NORM, true, channels);
  }

  /** Normalises with a scale and a shift, (channels). */
  abstract NDArray normalise(NDArray x, NDArray scale, NDArray shift);

  @Override
  protected final NDArray applyBase(NDArray x) {
    NDManager scope = x.getManager();
    return normalise(x, weight().materialise(scope), bias().materialise(scope));
  }

  @Override
  public final NDArray apply(NDArray x, NDArray other) {
    try (NDArray none = x.getManager().zeros(other.getShape())) {
      return normalise(x, other, none);
    }
  }

  @Override
  public final NDArray apply(NDArray x, NDArray other, NDArray otherBias) {
    return otherBias == null ? apply(x, other) : normalise(x, other, otherBias);
  }
}
