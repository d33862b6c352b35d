package dev.kasane.diffusion.clip.tokenizer;

import java.util.function.Consumer;

/**
 * Cuts a normalised text into the words that byte pairs are merged within: an English contraction's ending, a
 * run of letters, one digit, or a run of anything else that is not white space. White space itself is
 * dropped.
 *
 * <p>Equal to the pair of regular expressions of {@code transformers.CLIPTokenizer} (its own, then that of
 * the byte-level step), written as a scanner because this is the hot path. Letters and numbers are the
 * Unicode categories L and N of the Java runtime.
 */
final class WordSplitter {
  private static final String[] CONTRACTIONS = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
  private static final String[] MARKER_NAMES = {"startoftext", "endoftext"};

  private WordSplitter() {
  }

  /** Hands every word of the text to the consumer, in order. */
  static void split(String text, Consumer<String> words) {
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (TextNormalizer.isWhiteSpace(codePoint)) {
        at += Character.charCount(codePoint);
        continue;
      }
      int end = codePoint == '<' ? markerEnd(text, at, words) : at;
      if (end == at) {
        end = wordEnd(text, at, codePoint);
        words.accept(text.substring(at, end));
      }
      at = end;
    }
  }

  /**
   * A marker written in the text that the added tokens did not claim, as with other capitals. It is cut off
   * from what follows it, and is itself three words; this makes a difference for {@code <|ENDOFTEXT|>!}.
   */
  private static int markerEnd(String text, int at, Consumer<String> words) {
    for (String name : MARKER_NAMES) {
      String marker = "<|" + name + "|>";
      if (text.startsWith(marker, at)) {
        words.accept("<|");
        words.accept(name);
        words.accept("|>");
        return at + marker.length();
      }
    }
    return at;
  }

  private static int wordEnd(String text, int at, int first) {
    if (first == '\'') {
      for (String contraction : CONTRACTIONS) {
        if (text.startsWith(contraction, at)) {
          return at + contraction.length();
        }
      }
    }
    int afterFirst = at + Character.charCount(first);
    return isNumber(first) ? afterFirst : runEnd(text, afterFirst, Character.isLetter(first));
  }

  private static int runEnd(String text, int from, boolean letters) {
    int end = from;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      boolean goesOn = letters ? Character.isLetter(codePoint) : isOther(codePoint);
      if (!goesOn) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return end;
  }

  private static boolean isOther(int codePoint) {
    return !Character.isLetter(codePoint) && !isNumber(codePoint) && !TextNormalizer.isWhiteSpace(codePoint);
  }

  static boolean isNumber(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.DECIMAL_DIGIT_NUMBER || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }
}
