package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Keeps the scaled values in two registers of 256 bits: a code's last three bits permute, its first chooses. */
final class Vector256Decoder implements BlockDecoder {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final int CODES = 16;
  private static final int LANES = 8;
  private static final int[] SHIFTS = Lanes.shifts(LANES);

  Vector256Decoder() {
    Lanes.require(LANES);
  }

  @Override
  public String name() {
    return "vector 256";
  }

  @Override
  public void toFloats(ByteBuffer packed, int firstByte, float[] table, float[] scales, int blocks, int blockSize,
      ByteBuffer out, int firstOut) {
    IntVector shifts = IntVector.fromArray(INTS, SHIFTS, 0);
    FloatVector lower = FloatVector.fromArray(FLOATS, table, 0);
    FloatVector upper = FloatVector.fromArray(FLOATS, table, LANES);
    int half = blockSize / 2;
    for (int block = 0; block < blocks; block++) {
      IntVector values = lower.mul(scales[block]).reinterpretAsInts();
      IntVector change = upper.mul(scales[block]).reinterpretAsInts().lanewise(VectorOperators.XOR, values);
      int source = firstByte + block * half;
      int target = firstOut + block * blockSize * Float.BYTES;
      for (int j = 0; j < half; j += 4) {
        IntVector codes = IntVector.broadcast(INTS, packed.getInt(source + j))
            .lanewise(VectorOperators.LSHR, shifts);
        lookup(values, change, codes).intoByteBuffer(out, target + 8 * j, ByteOrder.LITTLE_ENDIAN);
      }
    }
  }

  /**
   * Looks up in sixteen values. Without masks, which this width has no registers for.
   *
   * @param values the first eight
   * @param change the last eight, each exclusive-or the one eight before it
   * @param codes in the lowest four bits; others are of no meaning
   */
  static IntVector lookup(IntVector values, IntVector change, IntVector codes) {
    var shuffle = codes.and(7).toShuffle();
    IntVector isUpper = codes.lanewise(VectorOperators.LSHL, 28).lanewise(VectorOperators.ASHR, 31);
    return values.rearrange(shuffle)
        .lanewise(VectorOperators.XOR, change.rearrange(shuffle).and(isUpper));
  }

  @Override
  public void toBfloat16(ByteBuffer packed, int firstByte, float[] table, float[] scales, int blocks, int blockSize,
      ByteBuffer out, int firstOut) {
    FloatVector lower = FloatVector.fromArray(FLOATS, table, 0);
    FloatVector upper = FloatVector.fromArray(FLOATS, table, LANES);
    int half = blockSize / 2;
    for (int block = 0; block < blocks; block++) {
      IntVector values = rounded(lower.mul(scales[block])).lanewise(VectorOperators.LSHR, 16)
          .or(rounded(upper.mul(scales[block])).and(0xffff0000));
      halves(packed, firstByte + block * half, values, half, out, firstOut + block * blockSize * Short.BYTES);
    }
  }

  /** See {@link BlockDecoder#rounded}. */
  private static IntVector rounded(FloatVector scaled) {
    IntVector bits = scaled.reinterpretAsInts();
    return bits.lanewise(VectorOperators.LSHR, 16).and(1).add(bits).add(0x7fff);
  }

  @Override
  public void toHalves(ByteBuffer packed, int firstByte, short[] tables, int blocks, int blockSize, ByteBuffer out,
      int firstOut) {
    int[] values = new int[LANES];
    int half = blockSize / 2;
    for (int block = 0; block < blocks; block++) {
      for (int code = 0; code < LANES; code++) {
        int at = block * CODES + code;
        values[code] = tables[at] & 0xffff | tables[at + LANES] << 16;
      }
      halves(packed, firstByte + block * half, IntVector.fromArray(INTS, values, 0), half, out,
          firstOut + block * blockSize * Short.BYTES);
    }
  }

  /** @param values two in a lane: that of a code in the lower half, that of the code plus eight in the upper */
  private static void halves(ByteBuffer packed, int source, IntVector values, int bytes, ByteBuffer out, int target) {
    IntVector shifts = IntVector.fromArray(INTS, SHIFTS, 0);
    for (int j = 0; j < bytes; j += 4) {
      IntVector codes = IntVector.broadcast(INTS, packed.getInt(source + j)).lanewise(VectorOperators.LSHR, shifts);
      ((ShortVector) values.rearrange(codes.and(7).toShuffle())
          .lanewise(VectorOperators.LSHR, codes.lanewise(VectorOperators.LSHL, 1).and(16))
          .convertShape(VectorOperators.I2S, ShortVector.SPECIES_128, 0))
          .intoByteBuffer(out, target + 4 * j, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
