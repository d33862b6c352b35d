package dev.kasane.text.tokenizer;

/** Checks ids before they are decoded. */
final class TokenIds {
  private TokenIds() {}

  /**
   * @param size entries of the vocabulary
   * @throws IllegalArgumentException for an id outside the vocabulary
   */
  static void check(int[] ids, int size) {
    for (int id : ids) {
      if (id < 0 || id >= size) {
        throw new IllegalArgumentException("token id " + id + " is outside the vocabulary of " + size);
      }
    }
  }
}
