package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.TargetLayer;
import java.util.Arrays;

/** Shapes that the methods of the family share. */
public final class Shapes {
  private Shapes() {}

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

  /** The kernel's two axes; 1×1 for a linear layer. */
  public static Shape kernel(TargetLayer layer) {
    return new Shape(layer.kernel(), layer.kernel());
  }

  /** (out, 1, …): one number for each output. */
  public static long[] perOutput(TargetLayer layer) {
    return along(layer, 0);
  }

  /** (1, in, …): one number for each input. */
  static long[] perInput(TargetLayer layer) {
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
