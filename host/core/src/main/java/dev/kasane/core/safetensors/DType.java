package dev.kasane.core.safetensors;

import java.util.Optional;

/**
 * Element types of stored tensors, under the names the safetensors header uses.
 *
 * <p>The order of the constants is the order in which the reference writer lays tensors out in a file
 * (widest alignment first), so {@link #compareTo} is that order.
 */
public enum DType {
  U64(8),
  I64(8),
  F64(8),
  F32(4),
  U32(4),
  I32(4),
  BF16(2),
  F16(2),
  U16(2),
  I16(2),
  /** Eight-bit float, 4 exponent and 3 mantissa bits, no infinities (torch {@code float8_e4m3fn}). */
  F8_E4M3(1),
  /** Eight-bit float, 5 exponent and 2 mantissa bits (torch {@code float8_e5m2}). */
  F8_E5M2(1),
  I8(1),
  U8(1),
  /** One byte an element: zero is false, anything else true. */
  BOOL(1);

  private final int byteSize;

  DType(int byteSize) {
    this.byteSize = byteSize;
  }

  /** Bytes one element takes: 1, 2, 4 or 8. */
  public int byteSize() {
    return byteSize;
  }

  /** Whether elements are floating-point numbers of any width. */
  public boolean isFloatingPoint() {
    return this == F64 || this == F32 || this == F16 || this == BF16 || this == F8_E4M3 || this == F8_E5M2;
  }

  /** The type the header calls {@code name}, or nothing where Kasane has no such type. */
  public static Optional<DType> named(String name) {
    for (DType dtype : values()) {
      if (dtype.name().equals(name)) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }
}
