package dev.kasane.app.inspect;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.safetensors.DType;

/** A tensor of a file, without its values. */
public record StoredTensor(String name, DType dtype, Shape shape) {
  /** The size of a dimension, or −1 where there is none. */
  long size(int axis) {
    return axis >= 0 && axis < shape.dimension() ? shape.get(axis) : -1;
  }

  /** Whether it holds exactly one number. */
  boolean isNumber() {
    return shape.size() == 1;
  }
}
