package dev.kasane.text.data;

/**
 * An example as tokens.
 *
 * @param ids token ids
 * @param supervised which of them the model is to learn to say, of the same length
 * @param truncated whether it was cut to the greatest length
 * @param ended whether it ends with a supervised end-of-text mark
 * @param silent whether what is learnt of it is nothing but marks, its answers being empty
 */
public record EncodedExample(int[] ids, boolean[] supervised, boolean truncated, boolean ended, boolean silent) {
  /** An example with an answer. */
  public EncodedExample(int[] ids, boolean[] supervised, boolean truncated, boolean ended) {
    this(ids, supervised, truncated, ended, false);
  }

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

  /** Supervised tokens beside marks. */
  public int answerTokens() {
    return silent ? 0 : Math.max(0, supervisedTokens() - (ended ? 1 : 0));
  }

  /** The same example, known to have no answer. */
  EncodedExample withoutAnswer() {
    return new EncodedExample(ids, supervised, truncated, ended, true);
  }
}
