package dev.kasane.quant.cuda;

import ai.djl.ndarray.types.DataType;
import com.sun.jna.Memory;
import dev.kasane.core.safetensors.HalfPrecision;

/** Memory that kernels read and write, with guards before and behind that no kernel may touch. */
final class Cells {
  private static final int GUARD = 64;
  private static final byte MARK = (byte) 0xA5;

  private final Memory memory;
  private final int bytes;

  private Cells(int bytes) {
    this.bytes = bytes;
    this.memory = new Memory(bytes + 2L * GUARD + 16).align(16);
    memory.setMemory(0, memory.size(), MARK);
  }

  static Cells bytes(int count) {
    return new Cells(count);
  }

  static Cells of(byte[] values) {
    Cells cells = new Cells(values.length);
    cells.memory.write(GUARD, values, 0, values.length);
    return cells;
  }

  static Cells of(float... values) {
    Cells cells = new Cells(values.length * Float.BYTES);
    cells.memory.write(GUARD, values, 0, values.length);
    return cells;
  }

  static Cells of(long... values) {
    Cells cells = new Cells(values.length * Long.BYTES);
    cells.memory.write(GUARD, values, 0, values.length);
    return cells;
  }

  /** Values rounded to a type. */
  static Cells of(float[] values, DataType type) {
    if (type == DataType.FLOAT32) {
      return of(values);
    }
    Cells cells = new Cells(values.length * Short.BYTES);
    for (int i = 0; i < values.length; i++) {
      cells.memory.setShort(GUARD + i * (long) Short.BYTES, bits(values[i], type));
    }
    return cells;
  }

  static short bits(float value, DataType type) {
    return type == DataType.FLOAT16 ? HalfPrecision.floatToHalf(value) : HalfPrecision.floatToBfloat16(value);
  }

  static float rounded(float value, DataType type) {
    return switch (type) {
      case FLOAT16 -> HalfPrecision.halfToFloat(bits(value, type));
      case BFLOAT16 -> HalfPrecision.bfloat16ToFloat(bits(value, type));
      default -> value;
    };
  }

  long address() {
    return com.sun.jna.Pointer.nativeValue(memory) + GUARD;
  }

  byte[] readBytes() {
    checkGuards();
    return memory.getByteArray(GUARD, bytes);
  }

  float[] readFloats() {
    checkGuards();
    return memory.getFloatArray(GUARD, bytes / Float.BYTES);
  }

  float[] readFloats(DataType type) {
    if (type == DataType.FLOAT32) {
      return readFloats();
    }
    checkGuards();
    float[] values = new float[bytes / Short.BYTES];
    for (int i = 0; i < values.length; i++) {
      short bits = memory.getShort(GUARD + i * (long) Short.BYTES);
      values[i] = type == DataType.FLOAT16 ? HalfPrecision.halfToFloat(bits) : HalfPrecision.bfloat16ToFloat(bits);
    }
    return values;
  }

  private void checkGuards() {
    for (int i = 0; i < GUARD; i++) {
      if (memory.getByte(i) != MARK || memory.getByte(GUARD + (long) bytes + i) != MARK) {
        throw new AssertionError("a kernel wrote beyond its memory");
      }
    }
  }
}
