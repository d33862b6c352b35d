package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** A two-dimensional convolution with W (out, in, k, k). */
public final class Conv2d extends AdaptableLayer {
  private final Weight weight;
  private final Weight bias;
  private final int stride;
  private final int padding;

  /**
   * A convolution with a bias.
   *
   * @param inputs input channels
   * @param outputs output channels
   * @param kernel kernel size in both directions
   * @param stride step in both directions
   * @param padding zeros around the picture
   */
  public Conv2d(long inputs, long outputs, int kernel, int stride, int padding) {
    this.weight = weight("weight", outputs, inputs, kernel, kernel);
    this.bias = weight("bias", outputs);
    this.stride = stride;
    this.padding = padding;
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
    return Kind.CONV2D;
  }

  @Override
  protected NDArray applyBase(NDArray x) {
    NDArray b = bias.dense(x.getManager());
    return weight.get().apply(x.getManager(), dense -> OPS.conv2d(x, dense, b, stride, padding));
  }

  @Override
  public NDArray apply(NDArray x, NDArray other) {
    return OPS.conv2d(x, other, stride, padding);
  }

  @Override
  public NDArray apply(NDArray x, NDArray other, NDArray otherBias) {
    return OPS.conv2d(x, other, otherBias, stride, padding);
  }

  @Override
  public NDArray applyUp(NDArray hidden, NDArray up) {
    return OPS.conv2d(hidden, up, 1, 0);
  }
}
