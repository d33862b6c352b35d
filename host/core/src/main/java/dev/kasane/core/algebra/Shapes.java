package dev.kasane.core.algebra;

import ai.djl.ndarray.types.Shape;

/** Comparing layouts. */
final class Shapes {
  private Shapes() {}

  /** Whether shapes differ at most by axes of length 1 at the end: a linear layer and a 1×1 convolution. */
  static boolean sameNumbers(Shape a, Shape b) {
    return withoutTrailingOnes(a).equals(withoutTrailingOnes(b));
  }

  private static Shape withoutTrailingOnes(Shape shape) {
    int length = shape.dimension();
    while (length > 2 && shape.get(length - 1) == 1) {
      length--;
    }
    return shape.slice(0, length);
  }
}
