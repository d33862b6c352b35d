package dev.kasane.core.spi;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Locale;

/** A layer of a base model that an adapter can be attached to. */
public interface TargetLayer {
  /** What the layer computes. */
  enum Kind {
    /** y = x·Wᵀ + b. */
    LINEAR,
    /** A two-dimensional convolution. */
    CONV2D,
    /** A normalisation with a scale and a shift for each channel; its weight has one axis. */
    NORM,
    /** A table of rows, (entries, width), that are looked up by number. */
    EMBEDDING;

    /** Whether it multiplies by its weight, so that methods work on it unless they say otherwise. */
    public boolean isProduct() {
      return this == LINEAR || this == CONV2D;
    }

    /** The kind as messages name it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
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

  default boolean hasBias() {
    return false;
  }

  /**
   * Runs the layer's own operation with another weight and another bias.
   *
   * @param x the layer's input
   * @param other a weight of the layer's shape
   * @param otherBias (out), or null for none
   */
  default NDArray apply(NDArray x, NDArray other, NDArray otherBias) {
    NDArray y = apply(x, other);
    if (otherBias == null) {
      return y;
    }
    NDArray shift = OPS.castLike(otherBias, y);
    return y.add(kind() == Kind.CONV2D ? shift.reshape(1, -1, 1, 1) : shift);
  }

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
   * Mixes channels at each position, which lie on the last axis but for a 1×1 convolution.
   *
   * @param hidden what {@link #applyDown} returned
   * @param up (out, rank), (out, rank, 1, 1) for a convolution
   */
  default NDArray applyUp(NDArray hidden, NDArray up) {
    return OPS.linear(hidden, up);
  }

  /** Output features or channels, or a row's width. */
  default long outputs() {
    return weight().shape().get(kind() == Kind.EMBEDDING ? 1 : 0);
  }

  /** Input features or channels, or a table's rows. */
  default long inputs() {
    return weight().shape().get(kind().isProduct() ? 1 : 0);
  }

  /** Kernel size of a convolution, 1 for a linear layer. */
  default long kernel() {
    Shape shape = weight().shape();
    return shape.dimension() == 4 ? shape.get(2) : 1;
  }
}
