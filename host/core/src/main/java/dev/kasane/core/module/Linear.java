package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** y = x·Wᵀ + b, with W (out, in). */
public final class Linear extends AdaptableLayer {
  private final Weight weight;
  private final Weight bias;

  /**
   * @param inputs input features
   * @param outputs output features
   * @param biased whether the layer has a bias
   */
  public Linear(long inputs, long outputs, boolean biased) {
    this.weight = weight("weight", outputs, inputs);
    this.bias = biased ? weight("bias", outputs) : null;
  }

  private Linear(Embedding table) {
    this.weight = tiedWeight("weight", table.weightPlace());
    this.bias = null;
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
  protected Weight weightPlace() {
    return weight;
  }

  @Override
  protected Weight biasPlace() {
    return bias;
  }

  @Override
  public Kind kind() {
    return Kind.LINEAR;
  }

  @Override
  protected NDArray applyBase(NDArray x) {
    NDArray b = bias == null ? null : bias.dense(x.getManager());
    return weight.get().linear(x, b);
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
