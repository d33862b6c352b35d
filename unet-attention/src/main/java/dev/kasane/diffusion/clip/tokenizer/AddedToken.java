package dev.kasane.diffusion.clip.tokenizer;

/**
 * A text that is looked for before words are, and becomes tokens of its own, whatever the merges say.
 *
 * @param content the text
 * @param id the first of its ids, which follow one another
 * @param count how many ids it has; one but for learned words
 * @param normalized true: looked for in the normalised text (so in any capitals); false: in the text as given
 * @param special true: {@link ClipTokenizer#decode} leaves it out
 * @param apart true: not found within a longer word
 */
record AddedToken(String content, int id, int count, boolean normalized, boolean special, boolean apart) {
  /** A text that is one token wherever it stands. */
  AddedToken(String content, int id, boolean normalized, boolean special) {
    this(content, id, 1, normalized, special, false);
  }

  /** A learned word: found in any capitals, if it stands by itself. */
  static AddedToken learned(String word, int id, int count) {
    return new AddedToken(word, id, count, true, false, true);
  }
}
