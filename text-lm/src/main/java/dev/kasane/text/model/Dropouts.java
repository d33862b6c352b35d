package dev.kasane.text.model;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** A model's own dropouts, which all its layers share. Draws come from libtorch's default generator. */
final class Dropouts {
  private DropoutRates rates;
  private boolean on;

  /** Starts switched off. */
  Dropouts(DropoutRates rates) {
    this.rates = rates;
  }

  /** Changes what is left out while they are on. */
  void rates(DropoutRates others) {
    rates = others;
  }

  /** Switches them on or off. */
  void on(boolean now) {
    on = now;
  }

  /** The probability for a weight of the attention. */
  double attention() {
    return on ? rates.attention() : 0;
  }

  /** Takes the first layer's input and returns what is left of it. */
  NDArray onEmbedding(NDArray x) {
    return left(x, rates.embedding());
  }

  /** Takes what attention or feed-forward add and returns what is left of it. */
  NDArray onResidual(NDArray x) {
    return left(x, rates.residual());
  }

  private NDArray left(NDArray x, double rate) {
    if (!on || rate == 0) {
      return x;
    }
    try (x) {
      return OPS.dropout(x, rate);
    }
  }
}
