package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Keeps the sixteen scaled values in one register of 512 bits and permutes it. */
final class Vector512Decoder implements BlockDecoder {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final int CODES = 16;
  private static final int[] SHIFTS = Lanes.shifts(CODES);
  private static final boolean[] UPPER = {false, false, false, false, false, false, false, false,
      true, true, true, true, true, true, true, true};

  Vector512Decoder() {
    Lanes.require(CODES);
  }

  @Override
  public String name() {
    return "vector 512";
  }

  @Override
  public void toFloats(ByteBuffer packed, int firstByte, float[] table, float[] scales, int blocks, int blockSize,
      ByteBuffer out, int firstOut) {
    IntVector shifts = IntVector.fromArray(INTS, SHIFTS, 0);
    VectorMask<Integer> upper = VectorMask.fromArray(INTS, UPPER, 0);
    FloatVector values = FloatVector.fromArray(FLOATS, table, 0);
    int half = blockSize / 2;
    for (int block = 0; block < blocks; block++) {
      IntVector scaled = values.mul(scales[block]).reinterpretAsInts();
      int source = firstByte + block * half;
      int target = firstOut + block * blockSize * Float.BYTES;
      for (int j = 0; j < half; j += 8) {
        long word = packed.getLong(source + j);
        IntVector codes = IntVector.broadcast(INTS, (int) word)
            .blend(IntVector.broadcast(INTS, (int) (word >>> 32)), upper)
            .lanewise(VectorOperators.LSHR, shifts).and(15);
        scaled.rearrange(codes.toShuffle()).intoByteBuffer(out, target + 8 * j, ByteOrder.LITTLE_ENDIAN);
      }
    }
  }

  @Override
  public void toBfloat16(ByteBuffer packed, int firstByte, float[] table, float[] scales, int blocks, int blockSize,
      ByteBuffer out, int firstOut) {
    FloatVector values = FloatVector.fromArray(FLOATS, table, 0);
    int half = blockSize / 2;
    for (int block = 0; block < blocks; block++) {
      IntVector bits = values.mul(scales[block]).reinterpretAsInts();
      IntVector first = bits.lanewise(VectorOperators.LSHR, 16).and(1).add(bits).add(0x7fff)
          .lanewise(VectorOperators.LSHR, 16);
      halves(packed, firstByte + block * half, first, half, out, firstOut + block * blockSize * Short.BYTES);
    }
  }

  @Override
  public void toHalves(ByteBuffer packed, int firstByte, short[] tables, int blocks, int blockSize, ByteBuffer out,
      int firstOut) {
    int[] early = new int[CODES];
    int half = blockSize / 2;
    for (int block = 0; block < blocks; block++) {
      for (int code = 0; code < CODES; code++) {
        early[code] = tables[block * CODES + code] & 0xffff;
      }
      halves(packed, firstByte + block * half, IntVector.fromArray(INTS, early, 0), half, out,
          firstOut + block * blockSize * Short.BYTES);
    }
  }

  /** @param first the sixteen values, each in the lower half of a lane */
  private static void halves(ByteBuffer packed, int source, IntVector first, int bytes, ByteBuffer out, int target) {
    IntVector second = first.lanewise(VectorOperators.LSHL, 16);
    for (int j = 0; j < bytes; j += CODES) {
      IntVector both = (IntVector) ByteVector.fromByteBuffer(
          ByteVector.SPECIES_128, packed, source + j, ByteOrder.LITTLE_ENDIAN)
          .convertShape(VectorOperators.B2I, INTS, 0);
      IntVector high = both.lanewise(VectorOperators.LSHR, 4).and(15);
      IntVector low = both.and(15);
      first.rearrange(high.toShuffle()).or(second.rearrange(low.toShuffle()))
          .intoByteBuffer(out, target + 4 * j, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
