package dev.kasane.core.pickle.machine;

import dev.kasane.core.pickle.values.MalformedPickle;
import java.io.ByteArrayOutputStream;

/** The two text notations of pickle protocol 0. */
final class TextEscapes {
  private static final String SIMPLE = "\\'\"nrtabfv0";
  private static final String SIMPLE_VALUES = "\\'\"\n\r\t\u0007\b\f\u000b\0";

  private TextEscapes() {}

  /** Python's raw-unicode-escape: Latin-1 with {@code \}{@code uXXXX} and {@code \}{@code UXXXXXXXX}. */
  static String unicode(String line) throws MalformedPickle {
    StringBuilder text = new StringBuilder(line.length());
    int i = 0;
    while (i < line.length()) {
      int digits = line.charAt(i) == '\\' ? escapeDigits(line, i) : 0;
      if (digits == 0) {
        text.append(line.charAt(i++));
        continue;
      }
      int codePoint = hexadecimal(line, i + 2, digits);
      if (!Character.isValidCodePoint(codePoint)) {
        throw new MalformedPickle("holds an escape beyond Unicode; the file is damaged");
      }
      text.appendCodePoint(codePoint);
      i += 2 + digits;
    }
    return text.toString();
  }

  private static int escapeDigits(String line, int backslash) {
    char kind = backslash + 1 < line.length() ? line.charAt(backslash + 1) : 0;
    return kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  }

  /** The {@code repr} of a Python 2 string, taken as UTF-8. */
  static String quoted(String line) throws MalformedPickle {
    String repr = line.strip();
    char quote = repr.isEmpty() ? 0 : repr.charAt(0);
    if (repr.length() < 2 || quote != '\'' && quote != '"' || repr.charAt(repr.length() - 1) != quote) {
      throw new MalformedPickle("holds text without quotes around it; the file is damaged");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int end = repr.length() - 1;
    for (int i = 1; i < end; i++) {
      if (repr.charAt(i) != '\\') {
        bytes.write(repr.charAt(i));
      } else if (repr.charAt(++i) == 'x') {
        bytes.write(hexadecimal(repr, i + 1, 2));
        i += 2;
      } else {
        bytes.write(simpleEscape(repr.charAt(i)));
      }
    }
    return PickleInput.decodeUtf8(bytes.toByteArray());
  }

  private static char simpleEscape(char escaped) throws MalformedPickle {
    int index = SIMPLE.indexOf(escaped);
    if (index < 0) {
      throw new MalformedPickle("holds text with an unknown escape; the file is damaged");
    }
    return SIMPLE_VALUES.charAt(index);
  }

  private static int hexadecimal(String text, int begin, int digits) throws MalformedPickle {
    if (begin + digits > text.length()) {
      throw new MalformedPickle("holds an escape that is cut off; the file is damaged");
    }
    try {
      return Integer.parseUnsignedInt(text.substring(begin, begin + digits), 16);
    } catch (NumberFormatException malformed) {
      throw new MalformedPickle("holds an escape that is no number; the file is damaged", malformed);
    }
  }
}
