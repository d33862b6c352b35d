package dev.kasane.text.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Encodes a long text in windows that overlap, with the tokens that the text as a whole would give.
 *
 * <p>Two windows are joined where they agree: at a token's beginning that both have, within a stretch of some
 * hundred characters that both split alike. From there on the later window is right: splitters go from left to
 * right, and neither joins by rank nor the most probable path reach over a boundary that stands. Up to there the
 * earlier one is, unless what lies more than a whole window further on changes it. Where there is no such place,
 * the overlap grows; a text without any is refused.
 *
 * @param window characters of a window
 * @param margin characters that two windows have to agree on at either side of the place where they are joined, at
 *     most a sixteenth of a window
 */
record TextWindows(int window, int margin, Encoder encoder) {
  /** Encodes a stretch of the text. */
  @FunctionalInterface
  interface Encoder {
    /** The tokens of the characters from one place to another, exclusive. */
    TokenSpans encode(String text, int from, int to);
  }

  /** Where two windows are joined: the first token that is left out of the one, the first that counts of the other. */
  private record Joint(int end, int start) {}

  private record Next(TokenSpans tokens, int to, Joint joint) {}

  /**
   * The tokens of a text; empty where two windows never agree.
   *
   * @param text whole characters, without halves of surrogate pairs
   */
  Optional<TokenSpans> encode(String text) {
    List<TokenSpans> parts = new ArrayList<>();
    int to = end(text, 0);
    TokenSpans tokens = encoder.encode(text, 0, to);
    int first = 0;
    while (to < text.length()) {
      Next next = next(text, tokens, first, to);
      if (next == null) {
        return Optional.empty();
      }
      parts.add(tokens.slice(first, next.joint().end()));
      tokens = next.tokens();
      first = next.joint().start();
      to = next.to();
    }
    parts.add(tokens.slice(first, tokens.count()));
    return Optional.of(TokenSpans.concat(parts));
  }

  /** The window that follows, with the least overlap at which it agrees; null if there is none. */
  private Next next(String text, TokenSpans tokens, int first, int to) {
    for (int overlap = 4 * margin; overlap <= window / 2; overlap *= 2) {
      int token = tokens.firstFrom(to - overlap);
      if (token <= first || token == tokens.count()) {
        continue;
      }
      int from = tokens.starts()[token];
      int end = end(text, from);
      TokenSpans following = encoder.encode(text, from, end);
      Joint joint = end > to ? joint(tokens, token, following) : null;
      if (joint != null && joint.end() > first) {
        return new Next(following, end, joint);
      }
    }
    return null;
  }

  /** The middle of the longest stretch in which both have the same tokens, if it is long enough. */
  private Joint joint(TokenSpans earlier, int from, TokenSpans later) {
    Joint best = null;
    int longest = 2 * margin;
    int a = from;
    int b = 0;
    while (a < earlier.count() && b < later.count()) {
      int run = 0;
      while (a + run < earlier.count() && b + run < later.count() && earlier.agrees(a + run, later, b + run)) {
        run++;
      }
      int length = run == 0 ? 0 : earlier.ends()[a + run - 1] - earlier.starts()[a];
      if (length >= longest) {
        longest = length + 1;
        int middle = earlier.firstFrom(earlier.starts()[a] + length / 2) - a;
        best = middle > 0 && middle < run ? new Joint(a + middle, b + middle) : best;
      }
      a += run;
      b += run;
      if (a < earlier.count() && b < later.count()) {
        boolean behind = earlier.ends()[a] < later.ends()[b];
        boolean ahead = earlier.ends()[a] > later.ends()[b];
        a += ahead ? 0 : 1;
        b += behind ? 0 : 1;
      }
    }
    return best;
  }

  private int end(String text, int from) {
    int end = Math.min(text.length(), from + window);
    return end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
  }
}
