package dev.kasane.core.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns stored little-endian tensor bytes into Java floats and back, for small tensors and for tests. */
public final class TensorValues {
  private TensorValues() {}

  /**
   * The elements between position and limit of {@code bytes}, converted to float. Types wider than float
   * (F64, I64, U64, I32, U32) are rounded to nearest; all others convert exactly; BOOL gives 0 and 1.
   *
   * @param bytes little-endian elements at any alignment; its position does not move
   * @throws IllegalArgumentException if the bytes are not a whole number of elements
   */
  public static float[] toFloats(ByteBuffer bytes, DType dtype) {
    ByteBuffer source = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (source.remaining() % dtype.byteSize() != 0) {
      throw new IllegalArgumentException(source.remaining() + " bytes are no whole number of " + dtype);
    }
    float[] values = new float[source.remaining() / dtype.byteSize()];
    for (int i = 0; i < values.length; i++) {
      values[i] = next(source, dtype);
    }
    return values;
  }

  private static float next(ByteBuffer source, DType dtype) {
    return switch (dtype) {
      case F64 -> (float) source.getDouble();
      case F32 -> source.getFloat();
      case F16 -> HalfPrecision.halfToFloat(source.getShort());
      case BF16 -> HalfPrecision.bfloat16ToFloat(source.getShort());
      case F8_E4M3 -> Float8.e4m3ToFloat(source.get());
      case F8_E5M2 -> Float8.e5m2ToFloat(source.get());
      case I64 -> source.getLong();
      case U64 -> unsignedToFloat(source.getLong());
      case I32 -> source.getInt();
      case U32 -> Integer.toUnsignedLong(source.getInt());
      case I16 -> source.getShort();
      case U16 -> Short.toUnsignedInt(source.getShort());
      case I8 -> source.get();
      case U8 -> Byte.toUnsignedInt(source.get());
      case BOOL -> source.get() == 0 ? 0f : 1f;
    };
  }

  private static float unsignedToFloat(long bits) {
    // Halving with a sticky lowest bit keeps the value in the signed range without changing its rounding.
    return bits >= 0 ? bits : 2f * (bits >>> 1 | bits & 1);
  }

  /**
   * The values as little-endian elements of a floating-point type, rounded to nearest, ties to even.
   *
   * @param dtype F64, F32, F16 or BF16
   * @throws IllegalArgumentException for another type
   */
  public static ByteBuffer fromFloats(float[] values, DType dtype) {
    int length = Math.multiplyExact(values.length, dtype.byteSize());
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (dtype) {
        case F64 -> bytes.putDouble(value);
        case F32 -> bytes.putFloat(value);
        case F16 -> bytes.putShort(HalfPrecision.floatToHalf(value));
        case BF16 -> bytes.putShort(HalfPrecision.floatToBfloat16(value));
        default -> throw new IllegalArgumentException("floats are not written as " + dtype);
      }
    }
    return bytes.flip();
  }
}
