package dev.kasane.quant.format;

import dev.kasane.core.UserException;
import java.util.List;

/** How many values share a scale. */
public final class BlockSize {
  /** What bitsandbytes takes when nothing is said. */
  public static final int USUAL = 64;
  /** The block size of the scales of scales, and of optimiser states. */
  public static final int NESTED = 256;

  private static final List<Integer> KNOWN = List.of(32, 64, 128, 256, 512, 1024, 2048, 4096);

  private BlockSize() {}

  /**
   * Checks a block size.
   *
   * @param size a power of two from 32 to 4096
   * @param where the option or tensor that says it, for the message
   * @return the size
   * @throws UserException when it is another number
   */
  public static int check(long size, String where) {
    if (!KNOWN.contains((int) size) || size != (int) size) {
      throw new UserException(where + " has a block size of " + size + "; it must be one of " + KNOWN + ".");
    }
    return (int) size;
  }

  /** How many blocks hold a number of values; the last may be short. */
  public static int blocks(long count, int size) {
    return Math.toIntExact((count + size - 1) / size);
  }
}
