package dev.kasane.quant.cpu;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.parallel.Workers;
import dev.kasane.core.safetensors.HalfPrecision;
import dev.kasane.quant.format.Int8Rows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Decodes rows of signed bytes straight into memory. */
public final class Int8Decoding {
  private static final int VALUES_AT_ONCE = 16_384;
  private static final int CODES = 256;

  private Int8Decoding() {}

  /**
   * Decodes all numbers.
   *
   * @param type float32, or float16 or bfloat16, rounded to nearest even from float32
   * @param out takes them from position 0, in the machine's byte order
   */
  public static void decode(Int8Rows rows, DataType type, ByteBuffer out) {
    ByteBuffer target = out.duplicate().clear().order(ByteOrder.nativeOrder());
    int columns = rows.columns();
    Workers.split(rows.rows(), Math.max(1, VALUES_AT_ONCE / columns), (from, to) -> {
      byte[] codes = new byte[columns];
      for (int row = from; row < to; row++) {
        rows.codes().get(row * columns, codes);
        if (type == DataType.FLOAT32) {
          toFloats(codes, table(rows.scales()[row]), target, row * columns * Float.BYTES);
        } else {
          toHalves(codes, halves(rows.scales()[row], type), target, row * columns * Short.BYTES);
        }
      }
    });
  }

  private static float[] table(float scale) {
    float[] table = new float[CODES];
    for (int code = 0; code < CODES; code++) {
      table[code] = (byte) code * scale * Int8Rows.STEP;
    }
    return table;
  }

  private static short[] halves(float scale, DataType type) {
    float[] table = table(scale);
    short[] halves = new short[CODES];
    for (int code = 0; code < CODES; code++) {
      halves[code] = type == DataType.FLOAT16
          ? HalfPrecision.floatToHalf(table[code]) : HalfPrecision.floatToBfloat16(table[code]);
    }
    return halves;
  }

  private static void toFloats(byte[] codes, float[] table, ByteBuffer out, int at) {
    for (int i = 0; i < codes.length; i++) {
      out.putFloat(at + i * Float.BYTES, table[codes[i] & 0xff]);
    }
  }

  private static void toHalves(byte[] codes, short[] table, ByteBuffer out, int at) {
    for (int i = 0; i < codes.length; i++) {
      out.putShort(at + i * Short.BYTES, table[codes[i] & 0xff]);
    }
  }
}
