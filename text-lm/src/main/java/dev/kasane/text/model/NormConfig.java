package dev.kasane.text.model;

/**
 * How activations are normalised.
 *
 * @param kind what is computed
 * @param epsilon added to the variance or mean square
 */
public record NormConfig(Kind kind, double epsilon) {
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
