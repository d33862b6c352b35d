package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** A two-dimensional convolution with W (out, in, k, k). */
public final class Conv2d extends AdaptableLayer {
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
    super(Kind.CONV2D, true, outputs, inputs, kernel, kernel);
    this.stride = stride;
    this.padding = padding;
  }

  @Override
  protected NDArray applyBase(NDArray x) {
    NDArray b = bias().materialise(x.getManager());
    return weight().apply(x.getManager(), dense -> OPS.conv2d(x, dense, b, stride, padding));
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
