package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Looks up both values of a byte at once, then scales a few blocks while they are in the cache. */
final class PairDecoder implements BlockDecoder {
  private static final int VALUES_AT_ONCE = 2048;

  private final BlockDecoder halves = new TableDecoder();

  @Override
  public String name() {
    return "pair table";
  }

  @Override
  public void toFloats(ByteBuffer packed, int firstByte, float[] table, float[] scales, int blocks, int blockSize,
      ByteBuffer out, int firstOut) {
    long[] pairs = pairs(table);
    float[] values = new float[Math.max(VALUES_AT_ONCE, blockSize)];
    FloatBuffer floats = out.duplicate().clear().position(firstOut).order(ByteOrder.nativeOrder()).asFloatBuffer();
    int atOnce = values.length / blockSize;
    for (int first = 0; first < blocks; first += atOnce) {
      int some = Math.min(atOnce, blocks - first);
      int bytes = some * blockSize / 2;
      look(packed, firstByte + first * blockSize / 2, pairs, bytes, out, firstOut + first * blockSize * Float.BYTES);
      floats.get(first * blockSize, values, 0, some * blockSize);
      for (int block = 0; block < some; block++) {
        scale(values, block * blockSize, blockSize, scales[first + block]);
      }
      floats.put(first * blockSize, values, 0, some * blockSize);
    }
  }

  private static void look(ByteBuffer packed, int source, long[] pairs, int bytes, ByteBuffer out, int target) {
    for (int j = 0; j < bytes; j++) {
      out.putLong(target + 8 * j, pairs[packed.get(source + j) & 0xff]);
    }
  }

  private static void scale(float[] values, int from, int length, float scale) {
    for (int i = from; i < from + length; i++) {
      values[i] *= scale;
    }
  }

  private static long[] pairs(float[] table) {
    long[] pairs = new long[256];
    Arrays.setAll(pairs, both -> Float.floatToRawIntBits(table[both >>> 4]) & 0xffffffffL
        | (long) Float.floatToRawIntBits(table[both & 15]) << 32);
    return pairs;
  }

  @Override
  public void toHalves(ByteBuffer packed, int firstByte, short[] tables, int blocks, int blockSize, ByteBuffer out,
      int firstOut) {
    halves.toHalves(packed, firstByte, tables, blocks, blockSize, out, firstOut);
  }
}
