package dev.kasane.quant;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.FourBitType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How weights are quantised.
 *
 * @param kind the storage
 * @param blockSize how many numbers share a scale; of no meaning for int8
 * @param doubleQuant whether scales are quantised once more; 4-bit storage only
 */
public record QuantisationSettings(Kind kind, int blockSize, boolean doubleQuant) {
  /**
   * Checks the block size.
   *
   * @throws UserException when it is none, or int8 is to be quantised twice
   */
  public QuantisationSettings {
    BlockSize.check(blockSize, "The quantisation");
    if (doubleQuant && kind == Kind.INT8) {
      throw new UserException("int8 has one scale a row, and nothing to quantise twice. Leave double"
          + " quantisation out, or use nf4 or fp4.");
    }
  }

  /** Bytes that codes and scales of a weight hold. */
  public long bytes(Shape shape) {
    long count = shape.size();
    if (kind == Kind.INT8) {
      return count + shape.get(0) * Float.BYTES;
    }
    long scales = BlockSize.blocks(count, blockSize);
    return (count + 1) / 2 + (doubleQuant
        ? scales + (BlockSize.blocks(scales, BlockSize.NESTED) + 1L) * Float.BYTES : scales * Float.BYTES);
  }

  /** What a weight is stored in. */
  public enum Kind {
    /** {@link FourBitType#NF4}. */
    NF4,
    /** {@link FourBitType#FP4}. */
    FP4,
    /** Signed bytes with a scale for each row. */
    INT8;

    /**
     * The kind that a word means.
     *
     * @throws UserException when it means none
     */
    public static Kind named(String word) {
      return Arrays.stream(values()).filter(each -> each.id().equals(word.toLowerCase(Locale.ROOT))).findFirst()
          .orElseThrow(() -> new UserException("'" + word + "' is no quantisation. There are "
              + Arrays.stream(values()).map(Kind::id).collect(Collectors.joining(", ")) + "."));
    }

    /** The name in files and on the command line. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The codes of a 4-bit kind. */
    public FourBitType fourBit() {
      return FourBitType.named(id(), "The quantisation");
    }
  }
}
