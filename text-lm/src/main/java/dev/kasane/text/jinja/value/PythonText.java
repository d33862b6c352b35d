package dev.kasane.text.jinja.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/** Texts as Python has them: counted in code points, with {@code str()} and {@code repr()} of every value. */
public final class PythonText {
  private static final int MOST_DEPTH = 100;

  private PythonText() {}

  /** {@code str(value)}: what an output tag writes. */
  public static String str(Object value) {
    return value instanceof String text ? text : value instanceof Undefined ? "" : repr(value);
  }

  /**
   * {@code repr(value)}: how a value stands inside a list.
   *
   * @throws JinjaException when it is longer than a budget may hold
   */
  public static String repr(Object value) {
    StringBuilder out = new StringBuilder();
    repr(value, 0, out);
    return out.toString();
  }

  private static void repr(Object value, int depth, StringBuilder out) {
    if (depth > MOST_DEPTH || out.length() > Budget.MOST_TEXT) {
      throw new JinjaException("a value is too large, or nested too deep, to be written");
    } else if (value instanceof Map<?, ?> map) {
      items(Values.copy(map.entrySet()), "{", "}", depth, out);
    } else if (value instanceof Map.Entry<?, ?> entry) {
      repr(entry.getKey(), depth, out);
      out.append(": ");
      repr(entry.getValue(), depth, out);
    } else if (value instanceof Tuple tuple) {
      items(tuple, "(", tuple.size() == 1 ? ",)" : ")", depth, out);
    } else if (value instanceof List<?> items && !(value instanceof Range)) {
      items(items, "[", "]", depth, out);
    } else if (value instanceof View view && !view.isGenerator()) {
      items(view.take(), view.name() + "([", "])", depth, out);
    } else if (value instanceof Namespace namespace) {
      out.append("<Namespace ");
      repr(namespace.values(), depth + 1, out);
      out.append('>');
    } else {
      out.append(plain(value));
    }
  }

  private static void items(List<?> items, String begin, String end, int depth, StringBuilder out) {
    String before = begin;
    for (Object item : items) {
      out.append(before);
      repr(item, depth + 1, out);
      before = ", ";
    }
    out.append(items.isEmpty() ? begin : "").append(end);
  }

  private static String plain(Object value) {
    if (value == null) {
      return "None";
    } else if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    } else if (value instanceof String text) {
      return quoted(text);
    }
    return value instanceof Double number ? number(number)
        : value instanceof Undefined ? "Undefined" : value.toString();
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    text.codePoints().forEach(code -> {
      int plain = "\n\r\t\\".indexOf(code);
      if (plain >= 0) {
        out.append('\\').append("nrt\\".charAt(plain));
      } else if (code == quote) {
        out.append('\\').append(quote);
      } else if (isPrintable(code)) {
        out.appendCodePoint(code);
      } else {
        out.append(String.format(code < 0x100 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x", code));
      }
    });
    return out.append(quote).toString();
  }

  static boolean isPrintable(int code) {
    if (code == ' ') {
      return true;
    }
    return switch (Character.getType(code)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
          Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR -> false;
      default -> true;
    };
  }

  /** The shortest digits that are read back as the same number, with an exponent below 1e-4 and from 1e16 on. */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    } else if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    } else if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(value);
    int exponent = shortest.precision() - shortest.scale() - 1;
    String digits = shortest.unscaledValue().abs().toString();
    if (exponent < -4 || exponent >= 16) {
      return (value < 0 ? "-" : "") + digits.charAt(0) + (digits.length() > 1 ? "." + digits.substring(1) : "")
          + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = shortest.toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }

  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
  }

  /** White space as {@code str.isspace} has it. */
  public static boolean isSpace(int code) {
    return code >= 9 && code <= 13 || code >= 28 && code <= 32 || code == 0x85 || code == 0xA0
        || code > 0xFF && (Character.isSpaceChar(code) || Character.isWhitespace(code));
  }

  /** Whether a text is white space only, and not empty. */
  public static boolean isSpace(String text) {
    return !text.isEmpty() && text.codePoints().allMatch(PythonText::isSpace);
  }

  /** Takes characters from the ends: those given, or white space for null. */
  public static String strip(String text, String characters, boolean left, boolean right) {
    int from = 0;
    int to = text.length();
    while (left && from < to && strips(text.codePointAt(from), characters)) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (right && to > from && strips(text.codePointBefore(to), characters)) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  private static boolean strips(int code, String characters) {
    return characters == null ? isSpace(code) : characters.indexOf(code) >= 0;
  }

  public static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Some characters of a text; places are counted in code points and lie within it. */
  public static String part(String text, int from, int to) {
    int begin = text.offsetByCodePoints(0, from);
    return text.substring(begin, text.offsetByCodePoints(begin, to - from));
  }

  /** The order of code points; Java's own is that of UTF-16. */
  public static int compare(String one, String other) {
    int at = 0;
    while (at < one.length() && at < other.length() && one.charAt(at) == other.charAt(at)) {
      at++;
    }
    if (at == one.length() || at == other.length()) {
      return Integer.compare(one.length(), other.length());
    }
    at -= at > 0 && Character.isLowSurrogate(one.charAt(at)) && Character.isHighSurrogate(one.charAt(at - 1)) ? 1 : 0;
    return Integer.compare(one.codePointAt(at), other.codePointAt(at));
  }
}
