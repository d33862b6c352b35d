package dev.kasane.text.tokenizer;

import java.util.List;

/** Splits a normalised text into pieces of a vocabulary. */
@FunctionalInterface
interface PieceSplitter {
  /**
   * A piece of a text.
   *
   * @param text what it covers
   * @param id its id, that of the unknown piece where the vocabulary has none
   */
  record Split(String text, int id) {}

  /** The pieces of a text in order. */
  List<Split> split(String text);
}
