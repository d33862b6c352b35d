package dev.kasane.text.tokenizer;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Which ids have a text. */
final class TokenIds {
  private TokenIds() {}

  /**
   * The ids within a vocabulary. Models round their embeddings up, so they may answer with ids that no tokeniser
   * knows; these have no text.
   *
   * @param size entries of the vocabulary
   */
  static IntStream known(int[] ids, int size) {
    return Arrays.stream(ids).filter(id -> id >= 0 && id < size);
  }
}
