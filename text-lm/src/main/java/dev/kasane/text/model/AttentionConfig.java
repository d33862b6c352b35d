package dev.kasane.text.model;

import java.util.List;

/**
 * The shape of a decoder's attention.
 *
 * @param heads heads of queries
 * @param keyValueHeads heads of keys and values, a divisor of {@code heads} (grouped-query attention)
 * @param headWidth width of a head
 * @param layout how queries, keys and values are projected
 * @param inputBias whether these projections have a bias
 * @param outputBias whether the output projection has one
 * @param scales factor of the scores, for each layer
 * @param softCap scores become cap·tanh(score/cap); 0 for no cap
 * @param windows for each layer how many tokens back a query sees, itself included; 0 for all
 */
public record AttentionConfig(
    int heads,
    int keyValueHeads,
    int headWidth,
    Layout layout,
    boolean inputBias,
    boolean outputBias,
    List<Double> scales,
    double softCap,
    List<Integer> windows) {

  /** How queries, keys and values are projected. */
  public enum Layout {
    /** By a layer each. */
    SEPARATE,
    /** By one layer, all queries before all keys before all values. */
    JOINED,
    /** By one layer in which every head has its query, key and value side by side. */
    JOINED_BY_HEAD
  }

  /** The shape of a layer's attention, as the operators take it. */
  AttentionShape shape(int layer) {
    return new AttentionShape(layout, heads, keyValueHeads, scales.get(layer), softCap);
  }

  /** Width of all queries together. */
  public int queryWidth() {
    return heads * headWidth;
  }

  /** Width of all keys together. */
  public int keyWidth() {
    return keyValueHeads * headWidth;
  }
}
