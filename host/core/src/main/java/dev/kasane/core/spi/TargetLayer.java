package dev.kasane.core.spi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** A linear layer or convolution of a base model that an adapter can be attached to. */
public interface TargetLayer {
  /** What the layer computes. */
  enum Kind {
    /** y = x·Wᵀ + b. */
    LINEAR,
    /** A two-dimensional convolution. */
    CONV2D
  }

  /** The layer's dotted path in its model, as the community writes it. */
  String path();

  /** What the layer computes. */
  Kind kind();

  /** The base weight; never changed by an adapter. */
  FrozenWeight weight();

  /**
   * Runs the layer's own operation with another weight and no bias.
   *
   * @param x the layer's input
   * @param other a weight of the layer's shape
   */
  NDArray apply(NDArray x, NDArray other);

  /**
   * Runs the layer's operation (kernel size, stride and padding) down to {@code rank} channels.
   *
   * @param x the layer's input
   * @param down (rank, in) for a linear layer, (rank, in, k, k) for a convolution
   */
  default NDArray applyDown(NDArray x, NDArray down) {
    return apply(x, down);
  }

  /**
   * Mixes channels at each position: a linear layer or a 1×1 convolution.
   *
   * @param hidden what {@link #applyDown} returned
   * @param up (out, rank) for a linear layer, (out, rank, 1, 1) for a convolution
   */
  NDArray applyUp(NDArray hidden, NDArray up);

  /** Output features or channels. */
  default long outputs() {
    return weight().shape().get(0);
  }

  /** Input features or channels. */
  default long inputs() {
    return weight().shape().get(1);
  }

  /** Kernel size of a convolution, 1 for a linear layer. */
  default long kernel() {
    Shape shape = weight().shape();
    return shape.dimension() == 4 ? shape.get(2) : 1;
  }
}
