package dev.kasane.core.safetensors;

import java.util.Objects;

/**
 * Where one tensor lies in a safetensors file.
 *
 * @param name the tensor's key
 * @param dtype element type
 * @param shape sizes of the dimensions, each at least 0; empty for a scalar
 * @param begin offset of the first byte, counted from the start of the file
 * @param end offset after the last byte; {@code end - begin} is always element count × element size
 */
public record TensorEntry(String name, DType dtype, long[] shape, long begin, long end) {
  /** Copies the shape, so that the entry cannot change. */
  public TensorEntry {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dtype, "dtype");
    shape = shape.clone();
  }

  /** A copy of the sizes of the dimensions. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Bytes the tensor takes. */
  public long byteLength() {
    return end - begin;
  }

  /** Number of elements, the product of the shape. */
  public long elementCount() {
    return byteLength() / dtype.byteSize();
  }
}
