package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/** Scales the sixteen values once a block, then looks up; eight codes of a byte pair at a time. */
final class TableDecoder implements BlockDecoder {
  private static final int CODES = 16;

  @Override
  public String name() {
    return "table";
  }

  @Override
  public void toFloats(ByteBuffer packed, int firstByte, float[] table, float[] scales, int blocks, int blockSize,
      ByteBuffer out, int firstOut) {
    long[] early = new long[CODES];
    long[] late = new long[CODES];
    int source = firstByte;
    int target = firstOut;
    for (int block = 0; block < blocks; block++) {
      float scale = scales[block];
      for (int code = 0; code < CODES; code++) {
        long bits = Float.floatToRawIntBits(table[code] * scale) & 0xffffffffL;
        early[code] = bits;
        late[code] = bits << 32;
      }
      decode(packed, source, early, late, blockSize / 2, out, target);
      source += blockSize / 2;
      target += blockSize * Float.BYTES;
    }
  }

  // Its own method, so that it is compiled by itself.
  private static void decode(ByteBuffer packed, int source, long[] early, long[] late, int bytes, ByteBuffer out,
      int target) {
    for (int j = 0; j < bytes; j += 8) {
      long word = packed.getLong(source + j);
      int at = target + 8 * j;
      out.putLong(at, early[(int) (word >>> 4) & 15] | late[(int) word & 15]);
      out.putLong(at + 8, early[(int) (word >>> 12) & 15] | late[(int) (word >>> 8) & 15]);
      out.putLong(at + 16, early[(int) (word >>> 20) & 15] | late[(int) (word >>> 16) & 15]);
      out.putLong(at + 24, early[(int) (word >>> 28) & 15] | late[(int) (word >>> 24) & 15]);
      out.putLong(at + 32, early[(int) (word >>> 36) & 15] | late[(int) (word >>> 32) & 15]);
      out.putLong(at + 40, early[(int) (word >>> 44) & 15] | late[(int) (word >>> 40) & 15]);
      out.putLong(at + 48, early[(int) (word >>> 52) & 15] | late[(int) (word >>> 48) & 15]);
      out.putLong(at + 56, early[(int) (word >>> 60) & 15] | late[(int) (word >>> 56) & 15]);
    }
  }

  @Override
  public void toHalves(ByteBuffer packed, int firstByte, short[] tables, int blocks, int blockSize, ByteBuffer out,
      int firstOut) {
    // Arrays in between: access to a buffer is checked number by number.
    byte[] codes = new byte[blockSize / 2];
    int[] pairs = new int[codes.length];
    int[] early = new int[CODES];
    int[] late = new int[CODES];
    ByteBuffer source = packed.duplicate().clear();
    IntBuffer target = out.duplicate().clear().position(firstOut).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    for (int block = 0; block < blocks; block++) {
      for (int code = 0; code < CODES; code++) {
        int bits = tables[block * CODES + code];
        early[code] = bits & 0xffff;
        late[code] = bits << 16;
      }
      source.get(firstByte + block * codes.length, codes);
      look(codes, early, late, pairs);
      target.put(block * codes.length, pairs);
    }
  }

  private static void look(byte[] codes, int[] early, int[] late, int[] pairs) {
    for (int j = 0; j < codes.length; j++) {
      pairs[j] = early[codes[j] >>> 4 & 15] | late[codes[j] & 15];
    }
  }
}
