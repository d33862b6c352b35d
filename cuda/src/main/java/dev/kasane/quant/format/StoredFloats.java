package dev.kasane.quant.format;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Numbers in memory as float32, float16 or bfloat16, read as floats.
 *
 * @param bytes the memory in the machine's byte order; position and limit do not count
 * @param count how many numbers
 */
public record StoredFloats(ByteBuffer bytes, DataType type, int count) {
  /**
   * Checks the type and the room.
   *
   * @throws UserException when the type is none of the three
   */
  public StoredFloats {
    if (type != DataType.FLOAT32 && type != DataType.FLOAT16 && type != DataType.BFLOAT16) {
      throw new UserException("Numbers of type " + type + " cannot be quantised; it takes float32, float16 or"
          + " bfloat16.");
    }
    if ((long) count * type.getNumOfBytes() > bytes.capacity()) {
      throw new IllegalArgumentException(count + " numbers do not fit into " + bytes.capacity() + " bytes");
    }
    bytes = bytes.duplicate().clear().order(ByteOrder.nativeOrder());
  }

  /** Numbers of an array. */
  public static StoredFloats of(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values);
    return new StoredFloats(bytes, DataType.FLOAT32, values.length);
  }

  /** Reads a run of numbers. */
  public void read(int first, float[] into, int length) {
    if (type == DataType.FLOAT32) {
      bytes.asFloatBuffer().get(first, into, 0, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      short bits = bytes.getShort((first + i) * Short.BYTES);
      into[i] = type == DataType.FLOAT16 ? HalfPrecision.halfToFloat(bits) : HalfPrecision.bfloat16ToFloat(bits);
    }
  }

  /**
   * The largest magnitude of a run.
   *
   * @throws UserException when a number is infinite or not a number; {@code first} tells where
   */
  static float largest(float[] values, int length, int first) {
    float largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    if (!(largest <= Float.MAX_VALUE)) {
      throw notFinite(values, length, first);
    }
    return largest;
  }

  private static UserException notFinite(float[] values, int length, int first) {
    int at = 0;
    while (at < length - 1 && Float.isFinite(values[at])) {
      at++;
    }
    return new UserException("Number " + (first + at) + " is " + values[at]
        + "; only finite weights can be quantised. The checkpoint is damaged or its training diverged.");
  }
}
