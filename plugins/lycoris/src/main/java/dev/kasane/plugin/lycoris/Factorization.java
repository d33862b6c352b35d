package dev.kasane.plugin.lycoris;

import dev.kasane.core.UserException;

/**
 * A width as the product of two.
 *
 * @param first the first factor
 * @param second the second factor
 */
public record Factorization(int first, int second) {
  /**
   * LyCORIS's pair for a Kronecker product or for blocks: a factor that divides the width is one of the two;
   * otherwise the divisors nearest to the root of the width, of which the first is at most the factor.
   *
   * @param width what is split, at least 1
   * @param factor the wished factor; −1 for none
   * @return the smaller first
   */
  public static Factorization near(long width, int factor) {
    int whole = Math.toIntExact(width);
    if (factor > 0 && whole % factor == 0) {
      int other = whole / factor;
      return new Factorization(Math.min(factor, other), Math.max(factor, other));
    }
    int best = 1;
    int most = factor < 0 ? whole : factor;
    for (int divisor = 2; divisor <= most && (long) divisor * divisor <= whole; divisor++) {
      if (whole % divisor == 0) {
        best = divisor;
      }
    }
    return new Factorization(best, whole / best);
  }

  /**
   * Blocks for a butterfly: an even size, the largest up to a bound, of which a power of two fill the width.
   *
   * @param width what is split
   * @param largest the largest size of a block
   * @param path the layer, for the message
   * @return size and number of the blocks
   * @throws UserException when there is no such size
   */
  public static Factorization butterfly(long width, int largest, String path) {
    int whole = Math.toIntExact(width);
    int found = 0;
    int least = 0;
    for (int size = 2; size <= whole; size += 2) {
      if (whole % size == 0 && Integer.bitCount(whole / size) == 1) {
        least = least == 0 ? size : least;
        found = size <= largest ? size : found;
      }
    }
    if (found == 0) {
      throw new UserException("Layer " + path + " has " + width + " outputs, which no butterfly of blocks of up to "
          + largest + " can turn: " + (least == 0 ? "the number must be even; exclude the layer."
          : "the smallest block for it is " + least + "; choose a rank of at least that."));
    }
    return new Factorization(found, whole / found);
  }

  /** The factors the other way round. */
  public Factorization swapped() {
    return new Factorization(second, first);
  }
}
