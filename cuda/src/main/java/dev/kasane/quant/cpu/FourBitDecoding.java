package dev.kasane.quant.cpu;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.parallel.Workers;
import dev.kasane.core.safetensors.HalfPrecision;
import dev.kasane.quant.format.FourBitBlocks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Decodes 4-bit tensors straight into memory, a range of blocks at a time on every thread. */
public final class FourBitDecoding {
  private static final int CODES = 16;
  /** So many values stay in the first cache with their codes. */
  private static final int VALUES_AT_ONCE = 8192;
  /** From here on the trial of decoders is worth its time. */
  private static final int LARGE = 1 << 20;

  private FourBitDecoding() {}

  /**
   * Decodes all numbers.
   *
   * @param blocks the numbers
   * @param type float32, or float16 or bfloat16, which are rounded to nearest even from float32
   * @param out takes them from position 0, in the machine's byte order
   */
  public static void decode(FourBitBlocks blocks, DataType type, ByteBuffer out) {
    decode(blocks, blocks.count() >= LARGE ? Decoders.fastest() : Decoders.plain(), type, out);
  }

  /**
   * Decodes with the decoder of a name, for measurements.
   *
   * @param decoder one of {@link Decoders#names}
   */
  public static void decodeWith(String decoder, FourBitBlocks blocks, DataType type, ByteBuffer out) {
    decode(blocks, Decoders.named(decoder), type, out);
  }

  static void decode(FourBitBlocks blocks, BlockDecoder decoder, DataType type, ByteBuffer out) {
    ByteBuffer packed = blocks.packed().duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer target = out.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
    int size = blocks.blockSize();
    int whole = blocks.count() / size;
    int atOnce = Math.max(1, VALUES_AT_ONCE / size);
    Workers.split(whole, atOnce, (from, to) -> {
      float[] scales = new float[to - from];
      blocks.scales().read(from, scales, scales.length);
      if (type == DataType.FLOAT32) {
        decoder.toFloats(packed, from * size / 2, blocks.type().table(), scales, scales.length, size, target,
            from * size * Float.BYTES);
      } else if (type == DataType.BFLOAT16 && areFinite(scales)) {
        decoder.toBfloat16(packed, from * size / 2, blocks.type().table(), scales, scales.length, size, target,
            from * size * Short.BYTES);
      } else {
        decoder.toHalves(packed, from * size / 2, tables(blocks, scales, type), scales.length, size, target,
            from * size * Short.BYTES);
      }
    });
    decodeRest(blocks, whole * size, type, target);
  }

  private static short[] tables(FourBitBlocks blocks, float[] scales, DataType type) {
    short[] tables = new short[scales.length * CODES];
    float[] table = blocks.type().table();
    for (int i = 0; i < tables.length; i++) {
      tables[i] = halved(table[i % CODES] * scales[i / CODES], type);
    }
    return tables;
  }

  private static boolean areFinite(float[] scales) {
    float zero = 0;
    for (float scale : scales) {
      // Infinity and NaN times zero are NaN.
      zero += scale * 0;
    }
    return zero == 0;
  }

  private static short halved(float value, DataType type) {
    return type == DataType.FLOAT16 ? HalfPrecision.floatToHalf(value) : HalfPrecision.floatToBfloat16(value);
  }

  /** The last block when it is short. */
  private static void decodeRest(FourBitBlocks blocks, int first, DataType type, ByteBuffer out) {
    if (first == blocks.count()) {
      return;
    }
    float[] scale = new float[1];
    blocks.scales().read(blocks.scales().count() - 1, scale, 1);
    for (int i = first; i < blocks.count(); i++) {
      float value = blocks.type().value(blocks.code(i)) * scale[0];
      if (type == DataType.FLOAT32) {
        out.putFloat(i * Float.BYTES, value);
      } else {
        out.putShort(i * Short.BYTES, halved(value, type));
      }
    }
  }
}
