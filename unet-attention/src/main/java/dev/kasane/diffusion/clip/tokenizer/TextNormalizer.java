package dev.kasane.diffusion.clip.tokenizer;

import java.text.Normalizer;

/**
 * What CLIP does to a text before it looks for words: canonical composition (NFC), every run of white space
 * to one space, lower case character by character.
 *
 * <p>Lower case knows no context: a final capital sigma becomes the same small sigma as any other, and the
 * dotted capital I becomes an i and a combining dot, whatever the locale.
 */
final class TextNormalizer {
  private static final int DOTTED_CAPITAL_I = 0x130;
  private static final int REPLACEMENT = 0xFFFD;

  private TextNormalizer() {
  }

  /** The text as the vocabulary was learnt on it; never throws, a lone surrogate becomes U+FFFD. */
  static String normalize(String text) {
    String composed = Normalizer.isNormalized(text, Normalizer.Form.NFC)
        ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
    StringBuilder out = new StringBuilder(composed.length());
    boolean afterSpace = false;
    for (int at = 0; at < composed.length(); ) {
      int codePoint = composed.codePointAt(at);
      at += Character.charCount(codePoint);
      boolean space = isWhiteSpace(codePoint);
      if (!space) {
        appendLowerCase(out, codePoint);
      } else if (!afterSpace) {
        out.append(' ');
      }
      afterSpace = space;
    }
    return out.toString();
  }

  /** Whether Unicode gives the character the property White_Space (U+001C to U+001F do not have it). */
  static boolean isWhiteSpace(int codePoint) {
    return codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85 || Character.isSpaceChar(codePoint);
  }

  private static void appendLowerCase(StringBuilder out, int codePoint) {
    if (codePoint == DOTTED_CAPITAL_I) {
      out.append("i\u0307");
    } else if (Character.getType(codePoint) == Character.SURROGATE) {
      out.appendCodePoint(REPLACEMENT);
    } else {
      out.appendCodePoint(Character.toLowerCase(codePoint));
    }
  }
}
