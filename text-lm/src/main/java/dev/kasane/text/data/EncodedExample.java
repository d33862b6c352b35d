package dev.kasane.text.data;

/**
 * An example as tokens.
 *
 * @param ids token ids
 * @param supervised which of them the model is to learn to say, of the same length
 * @param truncated whether it was cut to the greatest length
 * @param ended whether it ends with a supervised end-of-text mark
 */
public record EncodedExample(int[] ids, boolean[] supervised, boolean truncated, boolean ended) {
  /** Tokens. */
  public int length() {
    return ids.length;
  }

  /** Tokens that count in the loss: the first token of a text is never predicted. */
  public int supervisedTokens() {
    int count = 0;
    for (int i = 1; i < supervised.length; i++) {
      count += supervised[i] ? 1 : 0;
    }
    return count;
  }

  /** Supervised tokens beside the end mark. */
  public int answerTokens() {
    return Math.max(0, supervisedTokens() - (ended ? 1 : 0));
  }
}
