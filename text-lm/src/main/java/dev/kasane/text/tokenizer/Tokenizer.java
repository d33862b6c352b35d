package dev.kasane.text.tokenizer;

import java.util.OptionalInt;

/** Turns text into token ids and ids back into text, as one language model was trained to see them. */
public interface Tokenizer {
  /**
   * The ids of a text.
   *
   * @param addSpecial whether the ids get the marks the model expects around a text, such as a beginning mark
   */
  int[] encode(String text, boolean addSpecial);

  /**
   * The text of token ids. Ids that end in the middle of a character give U+FFFD for its bytes.
   *
   * @param skipSpecial whether marks such as the end of text are left out
   * @throws IllegalArgumentException for an id outside the vocabulary
   */
  String decode(int[] ids, boolean skipSpecial);

  /** The id that ends a text, if there is one. */
  OptionalInt endOfTextId();

  /** The id that begins a text, if there is one. */
  OptionalInt beginningOfTextId();

  /** The id that fills a batch's shorter rows, if there is one. */
  OptionalInt paddingId();

  /** How many ids there are, added ones included; ids are 0 to this, exclusive. */
  int vocabularySize();
}
