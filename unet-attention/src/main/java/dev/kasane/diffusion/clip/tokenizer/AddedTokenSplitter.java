package dev.kasane.diffusion.clip.tokenizer;

import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Finds added tokens in a text: the leftmost first, of several at one place the longest. */
final class AddedTokenSplitter {
  private final List<Pattern> patterns;
  private final String firstCharacters;

  private record Pattern(String text, AddedToken token) {
    boolean isAt(String whole, int at) {
      int end = at + text.length();
      return whole.startsWith(text, at) && (!token.apart()
          || !isWithinWord(whole, at) && !isWithinWord(whole, end));
    }

    /** Whether letters or digits meet here. */
    private static boolean isWithinWord(String whole, int at) {
      return at > 0 && at < whole.length() && Character.isLetterOrDigit(whole.codePointBefore(at))
          && Character.isLetterOrDigit(whole.codePointAt(at));
    }
  }

  /**
   * @param added all added tokens
   * @param normalized which of the two kinds to look for
   */
  AddedTokenSplitter(List<AddedToken> added, boolean normalized) {
    patterns = added.stream()
        .filter(token -> token.normalized() == normalized)
        .map(token -> new Pattern(
            normalized ? TextNormalizer.normalize(token.content()) : token.content(), token))
        .sorted(Comparator.comparingInt((Pattern pattern) -> pattern.text().length()).reversed())
        .toList();
    StringBuilder first = new StringBuilder();
    patterns.forEach(pattern -> first.append(pattern.text().charAt(0)));
    firstCharacters = first.toString();
  }

  /** Hands over, in order, the texts between added tokens (none of them empty) and the ids of the tokens. */
  void split(String text, Consumer<String> between, IntConsumer ids) {
    int from = 0;
    for (int at = 0; at < text.length(); ) {
      Pattern found = patternAt(text, at);
      if (found == null) {
        at++;
        continue;
      }
      if (from < at) {
        between.accept(text.substring(from, at));
      }
      for (int i = 0; i < found.token().count(); i++) {
        ids.accept(found.token().id() + i);
      }
      at += found.text().length();
      from = at;
    }
    if (from < text.length()) {
      between.accept(text.substring(from));
    }
  }

  private Pattern patternAt(String text, int at) {
    if (firstCharacters.indexOf(text.charAt(at)) < 0) {
      return null;
    }
    for (Pattern pattern : patterns) {
      if (pattern.isAt(text, at)) {
        return pattern;
      }
    }
    return null;
  }
}
