package dev.kasane.text.tokenizer;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Turns text into token ids and ids back into text, as one language model was trained to see them. */
public interface Tokenizer {
  /**
   * The ids of a text.
   *
   * @param addSpecial whether the ids get the marks the model expects around a text, such as a beginning mark
   * @throws dev.kasane.core.UserException when the tokeniser has none for it
   */
  int[] encode(String text, boolean addSpecial);

  /**
   * The same ids, each with the characters of the text that it stands for. Takes longer than the ids alone.
   *
   * @throws dev.kasane.core.UserException when the tokeniser has none for it
   */
  TokenSpans place(String text, boolean addSpecial);

  /**
   * The text of token ids. Ids that end in the middle of a character give U+FFFD for its bytes; ids outside the
   * vocabulary, which models with a rounded embedding have, give nothing.
   *
   * @param skipSpecial whether marks such as the end of text are left out
   */
  String decode(int[] ids, boolean skipSpecial);

  /** The id that ends a text, if there is one. */
  OptionalInt endOfTextId();

  /** Every id at which generation stops; chat models have several. The first is {@link #endOfTextId()}. */
  default Set<Integer> endOfTextIds() {
    return endOfTextId().isPresent() ? Set.of(endOfTextId().getAsInt()) : Set.of();
  }

  /** The id that begins a text, if there is one. */
  OptionalInt beginningOfTextId();

  /** The id that fills a batch's shorter rows, if there is one. */
  OptionalInt paddingId();

  /** How many ids there are, added ones included; ids are 0 to this, exclusive. */
  int vocabularySize();

  /** The texts of tokens that were added to the vocabulary, by id. */
  default Map<Integer, String> addedTokens() {
    return Map.of();
  }

  /** The texts of the marks by the names Hugging Face gives them, such as {@code bos_token}. */
  default Map<String, String> specialTokens() {
    return Map.of();
  }
}
