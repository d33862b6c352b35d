package dev.kasane.text.jinja.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;

/** Numbers read from other values, as Python's {@code int()} and {@code float()} do. */
public final class Numbers {
  private static final int MOST_DIGITS = 4300;

  private Numbers() {}

  /** A number without its fraction. */
  public static Object truncated(double value) {
    if (!Double.isFinite(value)) {
      throw new JinjaException("cannot convert float " + (Double.isNaN(value) ? "NaN" : "infinity") + " to integer");
    }
    return Operators.integer(new BigDecimal(value).toBigInteger());
  }

  /** {@code int(text, base)}; null where it is none. */
  public static Object whole(String text, int base) {
    String digits = PythonText.strip(text, null, true, true);
    boolean negative = digits.startsWith("-");
    digits = negative || digits.startsWith("+") ? digits.substring(1) : digits;
    String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
    if (!prefix.isEmpty() && digits.regionMatches(true, 0, prefix, 0, 2)) {
      digits = digits.substring(2);
    }
    if (!digits.matches("\\p{Alnum}+(?:_\\p{Alnum}+)*+") || digits.length() > MOST_DIGITS) {
      return null;
    }
    try {
      BigInteger number = new BigInteger(digits.replace("_", ""), base);
      return Operators.integer(negative ? number.negate() : number);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** {@code float(text)}; null where it is none. */
  public static Double real(String text) {
    String digits = PythonText.strip(text, null, true, true);
    String word = digits.toLowerCase(Locale.ROOT).replaceFirst("^[+-]", "");
    if (word.equals("inf") || word.equals("infinity")) {
      return digits.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    } else if (word.equals("nan")) {
      return Double.NaN;
    }
    boolean plain = digits.length() <= MOST_DIGITS && digits.matches(
        "[+-]?(?:\\d+(?:_\\d+)*+\\.?(?:\\d+(?:_\\d+)*+)?|\\.\\d+(?:_\\d+)*+)(?:[eE][+-]?\\d+(?:_\\d+)*+)?");
    return plain ? Double.valueOf(digits.replace("_", "")) : null;
  }
}
