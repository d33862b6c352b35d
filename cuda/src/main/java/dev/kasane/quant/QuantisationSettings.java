package dev.kasane.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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

  /**
   * Quantises a dense weight.
   *
   * @param name its name, for messages
   * @param dense a contiguous tensor on the CPU, float32, float16 or bfloat16
   * @param owner owner of the codes
   * @throws UserException when a number is not finite or the tensor too large
   */
  public QuantisedWeight quantise(String name, NDArray dense, NDManager owner) {
    QuantisedWeight.count(name, dense.getShape());
    try {
      return kind == Kind.INT8
          ? Int8Weight.quantise(name, dense, owner) : FourBitWeight.quantise(name, dense, this, owner);
    } catch (UserException e) {
      throw e.behind("Tensor '" + name + "' cannot be quantised. ");
    }
  }
}
