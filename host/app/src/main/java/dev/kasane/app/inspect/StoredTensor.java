package dev.kasane.app.inspect;

import dev.kasane.core.safetensors.DType;
import java.util.List;

/**
 * A tensor of a file, without its values.
 *
 * @param name the key
 * @param dtype type of the elements
 * @param shape sizes of the dimensions; empty for a scalar
 */
public record StoredTensor(String name, DType dtype, List<Long> shape) {
  /** The size of a dimension, or −1 where there is none. */
  long size(int axis) {
    return axis >= 0 && axis < shape.size() ? shape.get(axis) : -1;
  }

  /** Whether it holds exactly one number. */
  boolean isNumber() {
    return shape.stream().allMatch(size -> size == 1);
  }
}
