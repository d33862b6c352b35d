package dev.kasane.text.jinja;

import dev.kasane.text.jinja.Token.Kind;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Operators;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names, numbers and quoted texts as Python writes them. */
final class Literals {
  private static final int MOST_DIGITS = 4300;
  private static final Pattern FLOAT = Pattern.compile(
      "\\d++(?:_\\d++)*+(?:\\.\\d++(?:_\\d++)*+(?:[eE][+-]?\\d++(?:_\\d++)*+)?|[eE][+-]?\\d++(?:_\\d++)*+)");
  private static final Pattern INTEGER =
      Pattern.compile("0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[\\da-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");

  private Literals() {}

  /**
   * What stands at a place.
   *
   * @param end the place after it
   */
  record Found(Kind kind, Object value, int end) {}

  /** The literal at a place, or null where none begins. */
  static Found at(String source, int at, int line) {
    char first = source.charAt(at);
    if (first == '\'' || first == '"') {
      return quoted(source, at, line);
    } else if (first >= '0' && first <= '9') {
      return number(source, at, line);
    }
    int end = at;
    while (end < source.length() && (end == at ? Character.isUnicodeIdentifierStart(source.codePointAt(end))
        || first == '_' : Character.isUnicodeIdentifierPart(source.codePointAt(end)))) {
      end += Character.charCount(source.codePointAt(end));
    }
    return end == at ? null : new Found(Kind.NAME, source.substring(at, end), end);
  }

  private static Found number(String source, int at, int line) {
    Matcher decimal = FLOAT.matcher(source).region(at, source.length());
    // After a dot digits are an index: a.0.5 is no number with a fraction.
    boolean index = at > 0 && source.charAt(at - 1) == '.';
    if (!index && decimal.lookingAt()) {
      return new Found(Kind.NUMBER, Double.valueOf(decimal.group().replace("_", "")), decimal.end());
    }
    Matcher whole = INTEGER.matcher(source).region(at, source.length());
    if (!whole.lookingAt() || whole.end() - at > MOST_DIGITS) {
      throw new JinjaException("a number is malformed", line);
    }
    return new Found(Kind.NUMBER, Operators.integer(parse(whole.group().replace("_", ""))), whole.end());
  }

  private static BigInteger parse(String digits) {
    int base = digits.length() < 3 ? 10 : switch (Character.toLowerCase(digits.charAt(1))) {
      case 'b' -> 2;
      case 'o' -> 8;
      case 'x' -> 16;
      default -> 10;
    };
    return new BigInteger(base == 10 ? digits : digits.substring(2), base);
  }

  private static Found quoted(String source, int at, int line) {
    char quote = source.charAt(at);
    StringBuilder text = new StringBuilder();
    for (int i = at + 1; i < source.length(); i++) {
      char next = source.charAt(i);
      if (next == quote) {
        return new Found(Kind.STRING, text.toString(), i + 1);
      } else if (next == '\\' && i + 1 < source.length()) {
        i = escape(source, i + 1, text, line);
      } else {
        text.append(next);
      }
    }
    throw new JinjaException("a text is not closed", line);
  }

  /** Appends what an escape means; the place of its last character. */
  private static int escape(String source, int at, StringBuilder text, int line) {
    char letter = source.charAt(at);
    int plain = "abfnrtv\\'\"".indexOf(letter);
    if (plain >= 0) {
      text.append("\u0007\b\f\n\r\t\u000b\\'\"".charAt(plain));
      return at;
    }
    return switch (letter) {
      case '\n' -> at;
      case 'x' -> code(source, at, 2, text, line);
      case 'u' -> code(source, at, 4, text, line);
      case 'U' -> code(source, at, 8, text, line);
      case 'N' -> named(source, at, text, line);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(source, at, text);
      default -> {
        text.append('\\').append(letter);
        yield at;
      }
    };
  }

  private static int code(String source, int at, int digits, StringBuilder text, int line) {
    int end = at + digits;
    if (end < source.length() && source.substring(at + 1, end + 1).matches("[0-9a-fA-F]+")) {
      long code = Long.parseLong(source.substring(at + 1, end + 1), 16);
      if (code <= Character.MAX_CODE_POINT) {
        text.appendCodePoint((int) code);
        return end;
      }
    }
    throw new JinjaException("the escape \\" + source.charAt(at) + " is malformed", line);
  }

  private static int named(String source, int at, StringBuilder text, int line) {
    int end = source.indexOf('}', at);
    if (end > at + 2 && end < at + 100 && source.charAt(at + 1) == '{') {
      try {
        text.appendCodePoint(Character.codePointOf(source.substring(at + 2, end)));
        return end;
      } catch (IllegalArgumentException e) {
        throw new JinjaException("there is no character of the name " + source.substring(at + 2, end), line);
      }
    }
    throw new JinjaException("the escape \\N is malformed", line);
  }

  private static int octal(String source, int at, StringBuilder text) {
    int code = 0;
    int i = at;
    for (; i < source.length() && i < at + 3 && source.charAt(i) >= '0' && source.charAt(i) <= '7'; i++) {
      code = code * 8 + source.charAt(i) - '0';
    }
    text.append((char) code);
    return i - 1;
  }
}
