package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;

/** Multiplies packed 4-bit rows with a few vectors without a decoded copy. */
interface RowProduct {
  /** A name for reports. */
  String name();

  /** So many vectors are faster this way than by decoding the weight first. */
  int mostRows();

  /**
   * Gets ready for some vectors.
   *
   * @param table the sixteen values
   * @param x rows · columns numbers
   * @param rows how many vectors
   * @param columns how long each is, a multiple of the block size
   * @param blockSize values a scale, a multiple of 32
   */
  Prepared prepare(float[] table, float[] x, int rows, int columns, int blockSize);

  /** Ready for one weight; used by several threads at once. */
  @FunctionalInterface
  interface Prepared {
    /**
     * Computes some outputs of each vector.
     *
     * @param packed the weight's codes
     * @param firstRow the first row of the weight
     * @param lastRow the row after the last
     * @param scales of these rows' blocks alone
     * @param y takes {@code y[row · outputs + output]}
     * @param outputs how many rows the weight has
     */
    void multiply(ByteBuffer packed, int firstRow, int lastRow, float[] scales, float[] y, int outputs);
  }
}
