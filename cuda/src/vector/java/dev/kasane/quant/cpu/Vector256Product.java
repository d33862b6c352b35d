package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** With registers of 256 bits. */
final class Vector256Product extends VectorProduct {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final int LANES = 8;
  private static final int[] SHIFTS = Lanes.shifts(LANES);

  Vector256Product() {
    Lanes.require(LANES);
  }

  @Override
  public String name() {
    return "vector 256";
  }

  @Override
  float dot(ByteBuffer packed, int source, float[] table, float[] scales, int firstScale, int blocks, int blockSize,
      float[] x, int firstX) {
    IntVector shifts = IntVector.fromArray(INTS, SHIFTS, 0);
    IntVector values = FloatVector.fromArray(FLOATS, table, 0).reinterpretAsInts();
    IntVector change = FloatVector.fromArray(FLOATS, table, LANES).reinterpretAsInts()
        .lanewise(VectorOperators.XOR, values);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int block = 0; block < blocks; block++) {
      int at = source + block * (blockSize / 2);
      int k = firstX + block * blockSize;
      FloatVector part = FloatVector.zero(FLOATS);
      for (int j = 0; j < blockSize / 2; j += 4) {
        IntVector codes = IntVector.broadcast(INTS, packed.getInt(at + j)).lanewise(VectorOperators.LSHR, shifts);
        part = Vector256Decoder.lookup(values, change, codes).reinterpretAsFloats()
            .fma(FloatVector.fromArray(FLOATS, x, k + 2 * j), part);
      }
      sum = part.fma(FloatVector.broadcast(FLOATS, scales[firstScale + block]), sum);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }
}
