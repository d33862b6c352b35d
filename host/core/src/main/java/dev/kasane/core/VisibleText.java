package dev.kasane.core;

import java.util.function.IntPredicate;

/**
 * Strangers' text made fit for a terminal: the keys, names and words of files that somebody else wrote. What would
 * steer the terminal, hide, or change the order of letters (control and format characters, line separators) is
 * written out as JSON and Java write it, such as {@code \}{@code u001b}; everything else stays, so that JSON stays
 * JSON and means the same.
 *
 * <p>Everything that the program prints goes through here on its way out. Messages need it themselves only for
 * {@linkplain #quote quoting} and shortening.
 */
public final class VisibleText {
  private static final int LONGEST_NAME = 120;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private VisibleText() {}

  /** The text as one line: its line breaks are written out too. Tabs stay. */
  public static String of(String text) {
    return escape(text, VisibleText::isHarmful);
  }

  /** The text with its line breaks and tabs. A carriage return alone would go back over its line; it is no break. */
  public static String lines(String text) {
    return escapeLines(text, VisibleText::isHarmful);
  }

  /** As {@link #lines}, with the invisible joiners that some scripts and pictograms are written with. */
  public static String prose(String text) {
    return escapeLines(text, letter -> isHarmful(letter)
        && letter != ZERO_WIDTH_JOINER && letter != ZERO_WIDTH_NON_JOINER);
  }

  /** A name in quotes, of at most 120 characters. */
  public static String quote(String name) {
    return "'" + shortened(name) + "'";
  }

  /** A name without quotes, of at most 120 characters. */
  public static String shortened(String name) {
    return shortened(name, LONGEST_NAME);
  }

  /** The beginning of a text, with an ellipsis where something is left out. */
  public static String shortened(String text, int most) {
    String shown = of(text.substring(0, Math.min(text.length(), most)));
    return text.length() <= most && shown.length() <= most ? shown
        : shown.substring(0, Math.min(shown.length(), most)) + "…";
  }

  private static String escapeLines(String text, IntPredicate harmful) {
    if (text.indexOf('\r') < 0) {
      return escape(text, letter -> letter != '\n' && harmful.test(letter));
    }
    String[] lines = text.split("\r\n", -1);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      all.append(i == 0 ? "" : "\r\n").append(escape(lines[i], letter -> letter != '\n' && harmful.test(letter)));
    }
    return all.toString();
  }

  private static String escape(String text, IntPredicate harmful) {
    if (isPlain(text) || text.codePoints().noneMatch(harmful)) {
      return text;
    }
    StringBuilder visible = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(letter -> {
      if (!harmful.test(letter)) {
        visible.appendCodePoint(letter);
      } else if (letter == '\n') {
        visible.append("\\n");
      } else {
        for (char unit : Character.toChars(letter)) {
          visible.append(String.format("\\u%04x", (int) unit));
        }
      }
    });
    return visible.toString();
  }

  /** Nearly all names are, and there may be a million of them. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHarmful(int letter) {
    if (letter < 0x7f) {
      return letter < ' ' && letter != '\t';
    }
    int type = Character.getType(letter);
    return type == Character.CONTROL || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
  }
}
