package dev.kasane.text.tokenizer;

/**
 * The tokens of a stretch of a text, each with the characters it stands for.
 *
 * @param ids the tokens
 * @param starts where each begins, counted from the text's first character, or {@link #NOWHERE}
 * @param ends where each ends, exclusive
 */
record TokenSpans(int[] ids, int[] starts, int[] ends) {
  /** The place of a token that has none. */
  static final int NOWHERE = -1;

  int count() {
    return ids.length;
  }

  /** Whether one of these tokens and one of others are the same, of the same characters; none without a place. */
  boolean agrees(int token, TokenSpans others, int other) {
    return starts[token] != NOWHERE && ids[token] == others.ids[other] && starts[token] == others.starts[other]
        && ends[token] == others.ends[other];
  }

  /** The first token that begins at a place or behind it, {@link #count()} if none does. */
  int firstFrom(int place) {
    int token = 0;
    while (token < ids.length && starts[token] < place) {
      token++;
    }
    return token;
  }
}
