package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.TorchScript;
import java.util.List;

/** Operators that only language models need, differentiable except where they write into a cache. */
final class TextOps {
  private static final TorchScript SCRIPT = TorchScript.load(TextOps.class, "text.ts.py");

  private TextOps() {}

  /**
   * Sines and cosines of rotary positions.
   *
   * @param positions (batch, tokens), 64-bit integers
   * @param frequencies (width/2), float32
   * @param amplitude factor on them
   * @param type what they are rounded to
   * @return cosines and sines for the first and the second half of the width, the first half's sines negative,
   *     (batch, 1, tokens, width)
   */
  static NDArray[] rotaryTable(NDArray positions, NDArray frequencies, double amplitude, DataType type) {
    NDArray[] table =
        SCRIPT.callAll("rotary_table", positions.getManager(), positions, frequencies, amplitude);
    return new NDArray[] {Ops.cast(table[0], type), Ops.cast(table[1], type)};
  }

  /** Causal attention over the tokens given; a weight of it is left out with probability {@code dropout}. */
  static NDArray attention(
      List<NDArray> projections, LayerInput input, AttentionConfig config, int layer, double dropout) {
    return SCRIPT.callAll("attention", projections.get(0).getManager(), projections, input.cosines(),
        input.sines(), input.mask(), config.layout().ordinal(), config.heads(), config.keyValueHeads(),
        config.scales().get(layer), config.softCap(), dropout)[0];
  }

  /** Causal attention over what a cache holds and the tokens given, which it gets in place. */
  static NDArray attention(List<NDArray> projections, LayerInput input, LayerCache cache,
      AttentionConfig config, int layer) {
    return SCRIPT.callAll("cached_attention", projections.get(0).getManager(), projections,
        input.cosines(), input.sines(), input.mask(), cache.keys(), cache.values(), cache.length(),
        config.layout().ordinal(), config.heads(), config.keyValueHeads(),
        config.scales().get(layer), config.softCap())[0];
  }

  /**
   * A whole layer for one token, over what a cache holds and the token, which it gets in place.
   *
   * @param x (1, 1, width)
   */
  static NDArray tokenLayer(PlainLayer layer, NDArray x, LayerInput input, LayerCache cache, DecoderConfig config,
      int number) {
    AttentionConfig attention = config.attention();
    long[] shape = {config.order().ordinal(), config.norm().kind().ordinal(),
        config.feedForward().activation().ordinal(), attention.layout().ordinal(), attention.heads(),
        attention.keyValueHeads()};
    return SCRIPT.call("token_layer", x, input.cosines(), input.sines(), input.mask(), cache.keys(),
        cache.values(), cache.length(), layer.tensors(), layer.places(), layer.updates(), layer.starts(),
        layer.factors(), shape, attention.scales().get(number), attention.softCap(), config.norm().epsilon());
  }

  /** Moves the last {@code kept} of {@code count} tokens of (batch, heads, capacity, width) to the front. */
  static void shift(NDArray cached, int count, int kept) {
    SCRIPT.call("shift_", cached, count, kept).close();
  }

  /**
   * Which query sees which key.
   *
   * @param queries segments (batch, queries)
   * @param keys segments (batch, keys)
   * @param offset the key that query 0 is
   * @param window how many tokens back a query sees, itself included; 0 for all
   * @return (batch, 1, queries, keys)
   */
  static NDArray mask(NDArray queries, NDArray keys, int offset, int window) {
    return SCRIPT.call("mask", queries, keys, offset, window);
  }

  /** An activation. */
  static NDArray activate(NDArray x, Activation activation) {
    return SCRIPT.call("activate", x, activation.ordinal());
  }

  /** activation(gate)·up. */
  static NDArray gated(NDArray gate, NDArray up, Activation activation) {
    return SCRIPT.call("gated", gate, up, activation.ordinal());
  }

  /** x·factor, with the factor in x's type. */
  static NDArray scaled(NDArray x, double factor) {
    return SCRIPT.call("scaled", x, factor);
  }

  /** Whole numbers, each {@code offset} higher. */
  static NDArray shifted(NDArray numbers, int offset) {
    return SCRIPT.call("shifted", numbers, offset);
  }

  /** cap·tanh(x/cap). */
  static NDArray softCap(NDArray x, double cap) {
    return SCRIPT.call("soft_cap", x, cap);
  }

  /** The last token of each row, (batch, 1, width). */
  static NDArray lastToken(NDArray x) {
    return SCRIPT.call("last_token", x);
  }

  /** A tensor without elements, which stands for one that is not there. */
  static NDArray absent(NDManager scope) {
    return scope.create(new float[0]);
  }
}
