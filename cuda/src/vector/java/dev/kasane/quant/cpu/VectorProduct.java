package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Decodes in registers and multiplies at once: the weight is read packed, and once for up to four rows. */
final class VectorProduct implements RowProduct {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final int LANES = 16;
  private static final int[] SHIFTS = {4, 0, 12, 8, 20, 16, 28, 24, 4, 0, 12, 8, 20, 16, 28, 24};
  private static final boolean[] UPPER = {false, false, false, false, false, false, false, false,
      true, true, true, true, true, true, true, true};

  /** See {@link VectorDecoder}. */
  VectorProduct() {
    if (FloatVector.SPECIES_PREFERRED.length() < LANES) {
      throw new UnsupportedOperationException("this machine's registers are narrower than 512 bits");
    }
  }

  @Override
  public String name() {
    return "vector 512";
  }

  @Override
  public int mostRows() {
    return 4;
  }

  @Override
  public Prepared prepare(float[] table, float[] x, int rows, int columns, int blockSize) {
    return (packed, firstRow, lastRow, scales, y, outputs) -> {
      for (int row = 0; row < rows; row++) {
        multiply(packed, firstRow, lastRow, scales, table, x, row * columns, columns, blockSize, y, row * outputs);
      }
    };
  }

  private static void multiply(ByteBuffer packed, int firstRow, int lastRow, float[] scales, float[] table,
      float[] x, int xAt, int columns, int blockSize, float[] y, int yAt) {
    IntVector shifts = IntVector.fromArray(INTS, SHIFTS, 0);
    VectorMask<Integer> upper = VectorMask.fromArray(INTS, UPPER, 0);
    IntVector values = FloatVector.fromArray(FLOATS, table, 0).reinterpretAsInts();
    int perRow = columns / blockSize;
    for (int row = firstRow; row < lastRow; row++) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int block = 0; block < perRow; block++) {
        int source = (row * perRow + block) * (blockSize / 2);
        int k = xAt + block * blockSize;
        FloatVector part = FloatVector.zero(FLOATS);
        for (int j = 0; j < blockSize / 2; j += 8) {
          long word = packed.getLong(source + j);
          IntVector codes = IntVector.broadcast(INTS, (int) word)
              .blend(IntVector.broadcast(INTS, (int) (word >>> 32)), upper)
              .lanewise(VectorOperators.LSHR, shifts).and(15);
          part = values.rearrange(codes.toShuffle()).reinterpretAsFloats()
              .fma(FloatVector.fromArray(FLOATS, x, k + 2 * j), part);
        }
        sum = part.fma(FloatVector.broadcast(FLOATS, scales[(row - firstRow) * perRow + block]), sum);
      }
      y[yAt + row] = sum.reduceLanes(VectorOperators.ADD);
    }
  }
}
