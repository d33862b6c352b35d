package dev.kasane.quant.cuda;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.quant.format.FourBitType;
import java.util.Locale;

/**
 * The kernels by what they do. Addresses are those of contiguous tensors in the launcher's memory; nothing is
 * checked there, so shapes and sizes have to be right.
 */
public final class QuantKernels {
  /** Most rows of x that the fused product takes at once. */
  public static final int MOST_ROWS = 32;
  private static final int WARP = 32;
  private static final int VALUES_A_THREAD = 8;
  private static final int UNROLL = 4;
  private static final int OUTPUTS_A_BLOCK = 16;
  private static final int INPUTS_A_BLOCK = 256;
  private static final int GRADIENT_ROWS = 4;
  private static final int CHUNK = 64;

  private final KernelLauncher launcher;

  /** Kernels that run where the launcher runs them. */
  public QuantKernels(KernelLauncher launcher) {
    this.launcher = launcher;
  }

  /**
   * Quantises to 4 bits.
   *
   * @param x values of {@code from}
   * @param packed takes (count + 1) / 2 bytes
   * @param absmax takes a float a block
   * @param blockSize a power of two from 64 to 4096
   */
  public void quantise(FourBitType type, DataType from, long x, long packed, long absmax, long count, int blockSize) {
    launcher.launch(KernelFile.QUANTISE, "quantise_" + type.id() + "_" + name(from), warps(count, blockSize), 1,
        new KernelArguments().address(x).address(packed).address(absmax).number(count).number(shift(blockSize)));
  }

  /**
   * Quantises to 8 bits of a map.
   *
   * @param codes takes a byte a value
   * @param map 256 ascending floats
   */
  public void quantiseDynamic(DataType from, long x, long codes, long absmax, long count, int blockSize, long map) {
    launcher.launch(KernelFile.QUANTISE, "quantise_dynamic_" + name(from), warps(count, blockSize), 1,
        new KernelArguments().address(x).address(codes).address(absmax).number(count).number(shift(blockSize))
            .address(map));
  }

  /**
   * Quantises rows to signed bytes.
   *
   * @param absmax takes a float a row
   */
  public void quantiseRows(DataType from, long x, long codes, long absmax, long rows, long columns) {
    launcher.launch(KernelFile.QUANTISE, "quantise_rows_" + name(from), rows, 1,
        new KernelArguments().address(x).address(codes).address(absmax).number(columns));
  }

  /**
   * Dequantises 4-bit codes.
   *
   * @param out takes {@code count} values of {@code to}, 16-byte aligned
   */
  public void dequantise(
      FourBitType type, DataType to, FourBitAddresses weight, long out, long count, int blockSize) {
    launcher.launch(KernelFile.DEQUANTISE, "dequantise_" + type.id() + "_" + name(to),
        blocks(count, (long) KernelLauncher.THREADS * VALUES_A_THREAD * UNROLL), 1,
        weight(weight).address(out).number(count).number(shift(blockSize)));
  }

  /** Dequantises 8-bit codes of a map. */
  public void dequantiseDynamic(
      DataType to, long codes, long absmax, long map, long out, long count, int blockSize) {
    launcher.launch(KernelFile.DEQUANTISE, "dequantise_dynamic_" + name(to),
        blocks(count, (long) KernelLauncher.THREADS * VALUES_A_THREAD), 1,
        new KernelArguments().address(codes).address(absmax).address(map).address(out).number(count)
            .number(shift(blockSize)));
  }

  /** Dequantises rows of signed bytes. */
  public void dequantiseRows(DataType to, long codes, long absmax, long out, long rows, long columns) {
    launcher.launch(KernelFile.DEQUANTISE, "dequantise_rows_" + name(to), rows, 1,
        new KernelArguments().address(codes).address(absmax).address(out).number(columns));
  }

  /**
   * y = x·Wᵀ with W in 4 bits.
   *
   * @param type of W
   * @param of type of x and y: float16 or bfloat16
   * @param weight W, (outputs, inputs)
   * @param x (rows, inputs)
   * @param y takes (rows, outputs)
   * @param rows 1 to {@value #MOST_ROWS}
   * @param inputs a multiple of the block size
   * @param blockSize 64 or more
   */
  public void multiply(FourBitType type, DataType of, FourBitAddresses weight, long x, long y, int rows,
      int outputs, int inputs, int blockSize) {
    requireWholeBlocks(inputs, blockSize);
    if (rows < 1 || rows > MOST_ROWS) {
      throw new IllegalArgumentException("rows is " + rows + ", expected 1 to " + MOST_ROWS);
    }
    int width = rows <= 8 ? 8 : rows <= 16 ? 16 : MOST_ROWS;
    launcher.launch(KernelFile.PRODUCT, "multiply_" + type.id() + "_" + halfName(of) + "_" + width,
        blocks(outputs, OUTPUTS_A_BLOCK), 1,
        weight(weight).address(x).address(y).number(rows).number(outputs).number(inputs).number(shift(blockSize)));
  }

  /**
   * dx = dy·W with W in 4 bits.
   *
   * @param dy (rows, outputs)
   * @param dx takes (rows, inputs)
   * @param rows 1 or more; each group of four reads the weights again
   */
  public void multiplyTransposed(FourBitType type, DataType of, FourBitAddresses weight, long dy, long dx, int rows,
      int outputs, int inputs, int blockSize) {
    requireWholeBlocks(inputs, blockSize);
    launcher.launch(KernelFile.TRANSPOSED, "multiply_transposed_" + type.id() + "_" + halfName(of),
        blocks(inputs, INPUTS_A_BLOCK), blocks(rows, GRADIENT_ROWS),
        weight(weight).address(dy).address(dx).number(rows).number(outputs).number(inputs).number(shift(blockSize)));
  }

  /**
   * AdamW with moments in 8 bits.
   *
   * @param table the tensors as {@link OptimizerTable} writes them
   * @param signedMap 256 floats, what the first moment's codes mean
   * @param unsignedMap 256 floats, what the second moment's codes mean
   */
  public void adamw8(OptimizerTable table, long signedMap, long unsignedMap, AdamRates rates) {
    launcher.launch(KernelFile.OPTIMIZER, "adamw_8bit", table.blocks(), 1,
        rates.append(table.arguments().address(signedMap).address(unsignedMap)));
  }

  /** AdamW with float moments. */
  public void adamw32(OptimizerTable table, AdamRates rates) {
    launcher.launch(KernelFile.OPTIMIZER, "adamw_32bit", table.blocks(), 1, rates.append(table.arguments()));
  }

  /** Whether the products take rows of so many inputs in blocks of such a size. */
  public static boolean areWholeBlocks(long inputs, int blockSize) {
    return blockSize >= CHUNK && inputs % blockSize == 0;
  }

  private static KernelArguments weight(FourBitAddresses weight) {
    return new KernelArguments().address(weight.packed()).address(weight.absmax()).address(weight.nestedCodes())
        .address(weight.nestedMap()).number(weight.offset());
  }

  private static void requireWholeBlocks(int inputs, int blockSize) {
    if (!areWholeBlocks(inputs, blockSize)) {
      throw new IllegalArgumentException("A fused product needs rows of whole blocks of " + CHUNK + " or more: "
          + inputs + " inputs, blocks of " + blockSize);
    }
  }

  private static long warps(long count, int blockSize) {
    return blocks(blocks(count, blockSize), KernelLauncher.THREADS / WARP);
  }

  private static long blocks(long count, long each) {
    return (count + each - 1) / each;
  }

  private static int shift(int blockSize) {
    return Integer.numberOfTrailingZeros(blockSize);
  }

  private static String halfName(DataType type) {
    if (type == DataType.FLOAT32) {
      throw new UserException("The fused products take float16 or bfloat16, not float32.");
    }
    return name(type);
  }

  private static String name(DataType type) {
    if (type != DataType.FLOAT32 && type != DataType.FLOAT16 && type != DataType.BFLOAT16) {
      throw new UserException("The kernels take float32, float16 or bfloat16, not "
          + type.name().toLowerCase(Locale.ROOT) + ".");
    }
    return type.name().toLowerCase(Locale.ROOT);
  }
}
