package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** With registers of 512 bits, one of which holds the sixteen values. */
final class Vector512Product extends VectorProduct {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final int LANES = 16;
  private static final int[] SHIFTS = Lanes.shifts(LANES);
  private static final boolean[] UPPER = {false, false, false, false, false, false, false, false,
      true, true, true, true, true, true, true, true};

  Vector512Product() {
    Lanes.require(LANES);
  }

  @Override
  public String name() {
    return "vector 512";
  }

  @Override
  float dot(ByteBuffer packed, int source, float[] table, float[] scales, int firstScale, int blocks, int blockSize,
      float[] x, int firstX) {
    IntVector shifts = IntVector.fromArray(INTS, SHIFTS, 0);
    VectorMask<Integer> upper = VectorMask.fromArray(INTS, UPPER, 0);
    IntVector values = FloatVector.fromArray(FLOATS, table, 0).reinterpretAsInts();
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int block = 0; block < blocks; block++) {
      int at = source + block * (blockSize / 2);
      int k = firstX + block * blockSize;
      FloatVector part = FloatVector.zero(FLOATS);
      for (int j = 0; j < blockSize / 2; j += 8) {
        long word = packed.getLong(at + j);
        IntVector codes = IntVector.broadcast(INTS, (int) word)
            .blend(IntVector.broadcast(INTS, (int) (word >>> 32)), upper)
            .lanewise(VectorOperators.LSHR, shifts).and(15);
        part = values.rearrange(codes.toShuffle()).reinterpretAsFloats()
            .fma(FloatVector.fromArray(FLOATS, x, k + 2 * j), part);
      }
      sum = part.fma(FloatVector.broadcast(FLOATS, scales[firstScale + block]), sum);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }
}
