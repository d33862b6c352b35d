package dev.kasane.text.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The tokens of a text, or of a stretch of it, each with the characters it stands for.
 *
 * @param ids the tokens
 * @param starts where each begins, in units of UTF-16 from the text's first, or {@link #NOWHERE}
 * @param ends where each ends, exclusive, or {@link #NOWHERE}
 */
public record TokenSpans(int[] ids, int[] starts, int[] ends) {
  /** The place of a token that stands for no characters, such as a mark that is put around a text. */
  public static final int NOWHERE = -1;

  /** Tokens without a place. */
  static TokenSpans unplaced(int[] ids) {
    int[] nowhere = new int[ids.length];
    Arrays.fill(nowhere, NOWHERE);
    return new TokenSpans(ids, nowhere, nowhere);
  }

  /** One after the other. */
  static TokenSpans concat(List<TokenSpans> parts) {
    return new TokenSpans(joined(parts, TokenSpans::ids), joined(parts, TokenSpans::starts),
        joined(parts, TokenSpans::ends));
  }

  private static int[] joined(List<TokenSpans> parts, Function<TokenSpans, int[]> values) {
    return parts.stream().map(values).flatMapToInt(IntStream::of).toArray();
  }

  /** The tokens from one to another, exclusive. */
  TokenSpans slice(int from, int to) {
    return new TokenSpans(Arrays.copyOfRange(ids, from, to), Arrays.copyOfRange(starts, from, to),
        Arrays.copyOfRange(ends, from, to));
  }

  /** How many there are. */
  public int count() {
    return ids.length;
  }

  /**
   * Marks the tokens of a stretch of the text: from the first to the last that has any of its characters, with all
   * between them.
   *
   * @param marked gets true for them
   * @param begin where the stretch begins
   * @param end where it ends, exclusive
   */
  public void mark(boolean[] marked, int begin, int end) {
    int first = count();
    int last = -1;
    for (int token = 0; token < count(); token++) {
      if (isWithin(token, begin, end)) {
        first = Math.min(first, token);
        last = token;
      }
    }
    if (last >= 0) {
      Arrays.fill(marked, first, last + 1, true);
    }
  }

  /** A token of nothing but blanks that its tokeniser does not count lies where they end. */
  private boolean isWithin(int token, int begin, int end) {
    return starts[token] == ends[token] ? starts[token] > begin && starts[token] <= end
        : starts[token] < end && ends[token] > begin;
  }

  /** Whether one of these tokens and one of others are the same, of the same characters; none without a place. */
  boolean agrees(int token, TokenSpans others, int other) {
    return starts[token] != NOWHERE && ids[token] == others.ids[other] && starts[token] == others.starts[other]
        && ends[token] == others.ends[other];
  }

  /** The first token that begins at a place or after it, {@link #count()} if none does. */
  int firstFrom(int place) {
    int token = 0;
    while (token < ids.length && starts[token] < place) {
      token++;
    }
    return token;
  }
}
