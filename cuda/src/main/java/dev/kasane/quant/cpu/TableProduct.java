package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;

/**
 * Tabulates what each possible byte adds at each place of the vector, so that a byte of the weight costs one
 * look-up and one sum in place of two look-ups and two products. A table of 256 sums a byte is little against
 * the thousands of rows that use it.
 */
final class TableProduct implements RowProduct {
  private static final int BYTES = 256;
  /** Their tables have 16 KiB; no block is shorter. */
  private static final int TILE = 16;

  @Override
  public String name() {
    return "sum table";
  }

  @Override
  public int mostRows() {
    return 1;
  }

  @Override
  public Prepared prepare(float[] table, float[] x, int rows, int columns, int blockSize) {
    float[][] sums = new float[rows][];
    for (int row = 0; row < rows; row++) {
      sums[row] = sums(table, x, row * columns, columns);
    }
    return (packed, firstRow, lastRow, scales, y, outputs) -> {
      for (int row = 0; row < rows; row++) {
        multiply(packed, firstRow, lastRow, scales, sums[row], columns / blockSize, blockSize / 2, y,
            row * outputs);
      }
    };
  }

  private static float[] sums(float[] table, float[] x, int xAt, int columns) {
    float[] sums = new float[columns / 2 * BYTES];
    for (int pair = 0; pair < columns / 2; pair++) {
      float early = x[xAt + 2 * pair];
      float late = x[xAt + 2 * pair + 1];
      for (int both = 0; both < BYTES; both++) {
        sums[pair * BYTES + both] = table[both >>> 4] * early + table[both & 15] * late;
      }
    }
    return sums;
  }

  /** A few bytes at a time over all rows: their part of the table stays in the first cache. */
  private static void multiply(ByteBuffer packed, int firstRow, int lastRow, float[] scales, float[] sums,
      int perRow, int bytes, float[] y, int yAt) {
    for (int tile = 0; tile < perRow * bytes; tile += TILE) {
      int block = tile / bytes;
      for (int row = firstRow; row < lastRow; row++) {
        float sum = sum(packed, row * perRow * bytes + tile, sums, tile * BYTES);
        y[yAt + row] += sum * scales[(row - firstRow) * perRow + block];
      }
    }
  }

  private static float sum(ByteBuffer packed, int source, float[] sums, int at) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int place = at;
    for (int j = 0; j < TILE; j += 8) {
      long word = packed.getLong(source + j);
      a += sums[place + ((int) word & 255)] + sums[place + 1024 + ((int) (word >>> 32) & 255)];
      b += sums[place + 256 + ((int) word >>> 8 & 255)] + sums[place + 1280 + ((int) (word >>> 40) & 255)];
      c += sums[place + 512 + ((int) word >>> 16 & 255)] + sums[place + 1536 + ((int) (word >>> 48) & 255)];
      d += sums[place + 768 + ((int) word >>> 24)] + sums[place + 1792 + (int) (word >>> 56)];
      place += 2048;
    }
    return a + b + (c + d);
  }
}
