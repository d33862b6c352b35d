package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.tensor.TorchScript;
import java.util.List;

/**
 * Operators that only language models need, differentiable except where they write into a cache. A tensor without
 * elements stands for one that is not there.
 */
interface TextOps {
  TextOps TEXT = TorchScript.bind(TextOps.class, "text.ts.py");

  /** Sines and cosines, (batch, 1, tokens, width), the first half of the sines negative. */
  record RotaryTable(NDArray cosines, NDArray sines) {}

  /**
   * Sines and cosines of rotary positions, for the first and the second half of the width.
   *
   * @param positions (batch, tokens), 64-bit integers
   * @param frequencies (width/2), float32
   * @param amplitude factor on them
   * @param type what they are rounded to
   */
  RotaryTable rotaryTable(NDArray positions, NDArray frequencies, double amplitude, DataType type);

  /** Causal attention over the tokens given; a weight of it is left out with probability {@code dropout}. */
  NDArray attention(
      NDManager scope, List<NDArray> projections, LayerInput input, AttentionShape shape, double dropout);

  /**
   * Causal attention over what a cache holds and the tokens given, which it gets in place.
   *
   * @param keys (batch, key heads, capacity, head width)
   * @param values of the same shape
   * @param at how many tokens the cache holds
   */
  NDArray cachedAttention(NDManager scope, List<NDArray> projections, LayerInput input, NDArray keys, NDArray values,
      int at, AttentionShape shape);

  /**
   * A whole layer for one token, over what a cache holds and the token, which it gets in place.
   *
   * @param x (1, 1, width)
   * @param keys (1, key heads, capacity, head width)
   * @param values of the same shape
   * @param at how many tokens the cache holds
   */
  NDArray tokenLayer(NDArray x, LayerInput input, NDArray keys, NDArray values, int at, AttentionShape shape,
      TokenLayer layer);

  /** Moves the last {@code kept} of {@code count} tokens of (batch, heads, capacity, width) to the front. */
  void shift(NDArray cached, int count, int kept);

  /**
   * Which query sees which key.
   *
   * @param queries segments (batch, queries)
   * @param keys segments (batch, keys)
   * @param offset the key that query 0 is
   * @param window how many tokens back a query sees, itself included; 0 for all
   * @return (batch, 1, queries, keys)
   */
  NDArray mask(NDArray queries, NDArray keys, int offset, int window);

  /** An activation. */
  NDArray activate(NDArray x, Activation activation);

  /** activation(gate)·up. */
  NDArray gated(NDArray gate, NDArray up, Activation activation);

  /** x·factor, with the factor in x's type. */
  NDArray scaled(NDArray x, double factor);

  /** Whole numbers, each {@code offset} higher. */
  NDArray shifted(NDArray numbers, int offset);

  /** cap·tanh(x/cap). */
  NDArray softCap(NDArray x, double cap);

  /** The last token of each row, (batch, 1, width). */
  NDArray lastToken(NDArray x);

  /** A tensor without elements. */
  static NDArray absent(NDManager scope) {
    return scope.create(new float[0]);
  }
}
