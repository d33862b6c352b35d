package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;

/** Decodes in registers and multiplies at once; the widths differ in the product of one row of the weight. */
abstract class VectorProduct implements RowProduct {
  /** Each vector decodes anew: from three on that costs more than libtorch's product. */
  @Override
  public final int mostRows() {
    return 2;
  }

  @Override
  public final Prepared prepare(float[] table, float[] x, int rows, int columns, int blockSize) {
    int perRow = columns / blockSize;
    return (packed, firstRow, lastRow, scales, y, outputs) -> {
      for (int row = 0; row < rows; row++) {
        for (int output = firstRow; output < lastRow; output++) {
          y[row * outputs + output] = dot(packed, output * (columns / 2), table, scales, (output - firstRow) * perRow,
              perRow, blockSize, x, row * columns);
        }
      }
    };
  }

  /**
   * The product of one row of the weight and one vector.
   *
   * @param packed the codes
   * @param source where the row's begin
   * @param table the sixteen values
   * @param scales of the blocks
   * @param firstScale that of the row's first block
   * @param blocks how many the row has
   * @param blockSize values a block
   * @param x the vectors
   * @param firstX where the vector begins
   */
  abstract float dot(ByteBuffer packed, int source, float[] table, float[] scales, int firstScale, int blocks,
      int blockSize, float[] x, int firstX);
}
