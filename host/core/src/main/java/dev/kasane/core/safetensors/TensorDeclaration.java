package dev.kasane.core.safetensors;

import dev.kasane.core.VisibleText;
import java.util.Arrays;
import java.util.Objects;

/**
 * A tensor to be written: what the header needs to know now, and where the bytes come from later.
 *
 * @param name key in the file, any text but {@code __metadata__}
 * @param dtype element type
 * @param shape sizes of the dimensions, each at least 0; empty for a scalar
 * @param bytes asked for the content when its turn comes
 */
public record TensorDeclaration(String name, DType dtype, long[] shape, TensorBytes bytes) {
  /**
   * Checks and copies the shape.
   *
   * @throws IllegalArgumentException if a size is negative or the tensor has more than 2^63 - 1 bytes
   */
  public TensorDeclaration {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(bytes, "bytes");
    shape = shape.clone();
    byteLength(name, dtype, shape);
  }

  /** A tensor of floats stored as {@code dtype} (F64, F32, F16 or BF16), rounded to nearest. */
  public static TensorDeclaration ofFloats(String name, DType dtype, long[] shape, float[] values) {
    return new TensorDeclaration(name, dtype, shape, TensorBytes.ofFloats(values, dtype));
  }

  /** A copy of the sizes of the dimensions. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Bytes the tensor takes. */
  public long byteLength() {
    return byteLength(name, dtype, shape);
  }

  private static long byteLength(String name, DType dtype, long[] shape) {
    long length = dtype.byteSize();
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("tensor " + VisibleText.quote(name)
            + " has a negative size in its shape "
            + Arrays.toString(shape));
      }
      try {
        length = Math.multiplyExact(length, size);
      } catch (ArithmeticException overflow) {
        throw new IllegalArgumentException("tensor " + VisibleText.quote(name) + " of shape "
            + Arrays.toString(shape) + " is larger than any file", overflow);
      }
    }
    return length;
  }
}
