package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** Root-mean-square normalisation over the last axis. */
public final class RmsNorm extends Module {
  private final Weight weight;
  private final double epsilon;
  private final boolean fromOne;

  /**
   * @param width size of the last axis
   * @param epsilon added to the mean square
   * @param fromOne whether the stored weight is the scale's distance from 1, as in Gemma
   */
  public RmsNorm(long width, double epsilon, boolean fromOne) {
    this.weight = weight("weight", width);
    this.epsilon = epsilon;
    this.fromOne = fromOne;
  }

  /** Normalises (…, width). */
  public NDArray forward(NDArray x) {
    return OPS.rmsNorm(x, weight.dense(x.getManager()), epsilon, fromOne);
  }
}
