package dev.kasane.quant.cpu;

import dev.kasane.core.parallel.Workers;
import dev.kasane.quant.format.FourBitBlocks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** y = x·Wᵀ for one or two vectors x, as generation has them, on a packed weight. */
public final class FusedProduct {
  /** Of any product; larger batches need not wait for the trial. */
  private static final int MOST_ROWS = 2;
  private static final int ROWS_AT_ONCE = 256;

  private FusedProduct() {}

  private static final class Holder {
    // The decoders' trial tells whether the Vector API is quick here, and how wide; both loops are of one kind.
    private static final RowProduct FASTEST = all().stream()
        .filter(product -> product.name().equals(Decoders.report().decoder())).findFirst()
        .orElseGet(TableProduct::new);
  }

  /** All products of this virtual machine, for tests. */
  static List<RowProduct> all() {
    List<RowProduct> all = new ArrayList<>(VectorApi.load("Product", RowProduct.class, new ArrayList<>()));
    all.add(new TableProduct());
    return all;
  }

  /** Whether so many vectors are faster this way than by decoding the weight first. */
  public static boolean isFaster(long rows) {
    return rows <= MOST_ROWS && rows <= Holder.FASTEST.mostRows();
  }

  /** Whether a weight's blocks keep within its rows, which this needs. */
  public static boolean fits(FourBitBlocks weight, int columns) {
    return columns % weight.blockSize() == 0;
  }

  /**
   * Multiplies.
   *
   * @param weight (outputs, columns), columns a multiple of the block size
   * @param x rows · columns numbers
   * @param rows how many vectors
   * @param columns how long each is
   * @return rows · outputs numbers, equal from run to run
   */
  public static float[] multiply(FourBitBlocks weight, float[] x, int rows, int columns) {
    return multiply(Holder.FASTEST, weight, x, rows, columns);
  }

  static float[] multiply(RowProduct product, FourBitBlocks weight, float[] x, int rows, int columns) {
    if (!fits(weight, columns)) {
      throw new IllegalArgumentException("Blocks of " + weight.blockSize() + " cross rows of " + columns);
    }
    int outputs = weight.count() / columns;
    int perRow = columns / weight.blockSize();
    float[] y = new float[rows * outputs];
    ByteBuffer packed = weight.packed().duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
    RowProduct.Prepared prepared =
        product.prepare(weight.type().table(), x, rows, columns, weight.blockSize());
    Workers.split(outputs, ROWS_AT_ONCE, (from, to) -> {
      float[] scales = new float[(to - from) * perRow];
      weight.scales().read(from * perRow, scales, scales.length);
      prepared.multiply(packed, from, to, scales, y, outputs);
    });
    return y;
  }
}
