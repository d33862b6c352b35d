package dev.kasane.text.model;

import java.util.Collections;
import java.util.List;

/**
 * The shape of a decoder's attention.
 *
 * @param heads how many there are and how wide
 * @param projections what stands before and after the heads
 * @param scales factor of the scores, for each layer
 * @param softCap scores become cap·tanh(score/cap); 0 for no cap
 * @param windows for each layer how many tokens back a query sees, itself included; 0 for all
 */
public record AttentionConfig(
    Heads heads, Projections projections, List<Double> scales, double softCap, List<Integer> windows) {

  /**
   * @param queries heads of queries
   * @param keyValues heads of keys and values, a divisor of {@code queries} (grouped-query attention)
   * @param width width of a head
   */
  public record Heads(int queries, int keyValues, int width) {}

  /**
   * @param layout how queries, keys and values are projected
   * @param inputBias whether these projections have a bias
   * @param outputBias whether the output projection has one
   */
  public record Projections(Layout layout, boolean inputBias, boolean outputBias) {}

  /** How queries, keys and values are projected. */
  public enum Layout {
    /** By a layer each. */
    SEPARATE,
    /** By one layer, all queries before all keys before all values. */
    JOINED,
    /** By one layer in which every head has its query, key and value side by side. */
    JOINED_BY_HEAD
  }

  /** Scores over the root of a head's width (Vaswani et al. 2017, section 3.2.1), without a cap. */
  public static AttentionConfig of(Heads heads, Projections projections, List<Integer> windows) {
    double scale = 1 / Math.sqrt(heads.width());
    return new AttentionConfig(heads, projections, Collections.nCopies(windows.size(), scale), 0, windows);
  }

  /** The shape of a layer's attention, as the operators take it. */
  AttentionShape shape(int layer) {
    return new AttentionShape(projections.layout(), heads.queries(), heads.keyValues(), scales.get(layer), softCap);
  }

  /** Width of all queries together. */
  public int queryWidth() {
    return heads.queries() * heads.width();
  }

  /** Width of all keys together. */
  public int keyWidth() {
    return heads.keyValues() * heads.width();
  }
}
