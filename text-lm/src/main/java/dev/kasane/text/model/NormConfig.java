package dev.kasane.text.model;

/**
 * How activations are normalised.
 *
 * @param kind what is computed
 * @param epsilon added to the variance or mean square
 * @param order where in a layer
 * @param last whether once more after the last layer
 */
public record NormConfig(Kind kind, double epsilon, BlockOrder order, boolean last) {
  /** Before each part of a layer and after the last layer, as most families have it. */
  public NormConfig(Kind kind, double epsilon) {
    this(kind, epsilon, BlockOrder.BEFORE, true);
  }

  /** What a normalisation computes. */
  public enum Kind {
    /** Layer normalisation with scale and shift. */
    LAYER,
    /** Root-mean-square normalisation with a scale. */
    RMS,
    /** Root-mean-square normalisation whose stored weight is the scale's distance from 1. */
    RMS_FROM_ONE
  }
}
