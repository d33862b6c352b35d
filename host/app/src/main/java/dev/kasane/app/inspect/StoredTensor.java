package dev.kasane.app.inspect;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.safetensors.DType;

/** A tensor of a file, without its values. */
public record StoredTensor(String name, DType dtype, Shape shape) {
  /** Whether it holds exactly one number. */
  boolean isNumber() {
    return shape.size() == 1;
  }
}
