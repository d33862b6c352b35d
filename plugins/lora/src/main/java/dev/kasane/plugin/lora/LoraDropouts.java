package dev.kasane.plugin.lora;

import static dev.kasane.plugin.lora.LoraOps.LORA;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.Ops;

/**
 * What an adapter leaves out while it is trained. Every draw comes from libtorch's default generators, so
 * that a seed repeats it.
 *
 * @param input probability for an element of x, before A
 * @param hidden probability for an element of A·x
 * @param rank probability for a rank of a sample
 * @param module probability for the whole adapter in one forward pass
 */
record LoraDropouts(double input, double hidden, double rank, double module) {
  static final LoraDropouts NONE = new LoraDropouts(0, 0, 0, 0);

  boolean skipsModule() {
    return module > 0 && LORA.chance() < module;
  }

  NDArray onInput(NDArray x) {
    return input > 0 ? Ops.dropout(x, input) : x;
  }

  NDArray onHidden(NDArray product, int rankAxis) {
    NDArray kept = hidden > 0 ? Ops.dropout(product, hidden) : product;
    return rank > 0 ? LORA.dropRanks(kept, rank, rankAxis) : kept;
  }
}
