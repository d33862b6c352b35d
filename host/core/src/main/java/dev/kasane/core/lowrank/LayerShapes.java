package dev.kasane.core.lowrank;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.TargetLayer;
import java.util.Arrays;

/** Shapes of an update's tensors, as a layer asks for them. */
public final class LayerShapes {
  /** Axes of a convolution's weight. */
  static final int KERNELS = 4;

  private LayerShapes() {}

  /** A tensor that mixes channels: (rows, columns), for a convolution with the kernel's two axes. */
  public static long[] mixing(TargetLayer layer, long rows, long columns, long kernel) {
    return layer.kind() == TargetLayer.Kind.LINEAR
        ? new long[] {rows, columns}
        : new long[] {rows, columns, kernel, kernel};
  }

  /** How many numbers of a convolution's weight belong to one pair of channels; 1 for a linear layer. */
  public static long kernelSize(TargetLayer layer) {
    return layer.kernel() * layer.kernel();
  }

  /** (out, 1, …): one number for each output. */
  public static long[] perOutput(TargetLayer layer) {
    return along(layer, 0);
  }

  /** (1, in, …): one number for each input. */
  public static long[] perInput(TargetLayer layer) {
    return along(layer, 1);
  }

  private static long[] along(TargetLayer layer, int axis) {
    Shape weight = layer.weight().shape();
    long[] shape = new long[weight.dimension()];
    Arrays.fill(shape, 1);
    shape[axis] = weight.get(axis);
    return shape;
  }

  /**
   * Whether shapes differ at most by axes of length 1 at the end, so that tensors hold the same numbers in the same
   * order: a linear layer and a 1×1 convolution.
   */
  public static boolean haveSameNumbers(Shape a, Shape b) {
    return withoutTrailingOnes(a).equals(withoutTrailingOnes(b));
  }

  private static Shape withoutTrailingOnes(Shape shape) {
    int length = shape.dimension();
    while (length > 0 && shape.get(length - 1) == 1) {
      length--;
    }
    return shape.slice(0, length);
  }

  /**
   * A Tucker core needs a kernel.
   *
   * @throws UserException when a file has one for a layer without
   */
  public static void requireKernel(TargetLayer layer, boolean core, String name) {
    if (core && layer.kind() == TargetLayer.Kind.LINEAR) {
      throw new UserException("Layer " + layer.path() + " is linear, but the file has " + name
          + ", which only convolutions have. The adapter was made for another base model.");
    }
  }
}
