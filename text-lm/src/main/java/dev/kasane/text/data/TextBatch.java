package dev.kasane.text.data;

/**
 * Tokens of one training pass, row after row.
 *
 * @param rows how many rows
 * @param length tokens of a row
 * @param ids token ids
 * @param labels the id where a token counts in the loss, {@value #IGNORED} elsewhere; not shifted
 * @param segments which text of its row a token belongs to, from 1; 0 for padding. Positions begin anew with
 *     every segment, and tokens see their own segment only
 * @param positions each token's position in its segment
 * @param share factor for the mean loss of this batch, so that every supervised token of an accumulated step
 *     weighs the same
 */
public record TextBatch(int rows, int length, long[] ids, long[] labels, long[] segments, long[] positions,
    double share) {
  /** The label of tokens that do not count. */
  public static final long IGNORED = -100;

  /** Tokens that count in the loss. */
  public long supervisedTokens() {
    long count = 0;
    for (long label : labels) {
      count += label == IGNORED ? 0 : 1;
    }
    return count;
  }
}
