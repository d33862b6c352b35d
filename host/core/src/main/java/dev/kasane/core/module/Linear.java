package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** y = x·Wᵀ + b, with W (out, in). */
public final class Linear extends AdaptableLayer {
  /**
   * @param inputs input features
   * @param outputs output features
   * @param biased whether the layer has a bias
   */
  public Linear(long inputs, long outputs, boolean biased) {
    super(Kind.LINEAR, biased, outputs, inputs);
  }

  private Linear(Embedding table) {
    super(Kind.LINEAR, table);
  }

  /**
   * An output head without bias that scores by an embedding's own rows. An adapter on it leaves the embedding
   * alone, also when it is merged: then the head has a weight of its own.
   *
   * @param table the embedding, (outputs, inputs)
   */
  public static Linear tiedTo(Embedding table) {
    return new Linear(table);
  }

  @Override
  protected NDArray applyBase(NDArray x) {
    return weight().linear(x, hasBias() ? bias().materialise(x.getManager()) : null);
  }

  @Override
  public NDArray apply(NDArray x, NDArray other) {
    return OPS.linear(x, other);
  }

  @Override
  public NDArray apply(NDArray x, NDArray other, NDArray otherBias) {
    return OPS.linear(x, other, otherBias);
  }
}
