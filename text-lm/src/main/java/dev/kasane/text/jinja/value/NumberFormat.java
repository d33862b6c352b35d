package dev.kasane.text.jinja.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as Python's format letters write them, without sign and width. */
public final class NumberFormat {
  /** More digits after the point than any number has. */
  private static final int MOST_PRECISION = 1100;

  private NumberFormat() {}

  /**
   * The digits of a number without its sign.
   *
   * @param letter one of {@code dboxXeEfFgG%}
   * @param precision digits after the point, or in all for g; negative for six
   */
  public static String digits(Object value, char letter, int precision, boolean alternate) {
    if (precision > MOST_PRECISION) {
      throw new JinjaException("precision too big");
    }
    int places = precision < 0 ? 6 : precision;
    return switch (letter) {
      case 'd', 'n' -> Operators.whole(value).abs().toString();
      case 'b' -> based(value, 2, alternate ? "0b" : "");
      case 'o' -> based(value, 8, alternate ? "0o" : "");
      case 'x' -> based(value, 16, alternate ? "0x" : "");
      case 'X' -> based(value, 16, alternate ? "0x" : "").toUpperCase(Locale.ROOT);
      case 'e', 'E', 'f', 'F', 'g', 'G', '%' -> real(Operators.real(value), letter, places, alternate);
      default -> throw new JinjaException("Unknown format code '" + letter + "' for object of type '"
          + Values.type(value) + "'");
    };
  }

  private static String based(Object value, int base, String prefix) {
    return prefix + Operators.whole(value).abs().toString(base);
  }

  private static String real(double value, char letter, int places, boolean alternate) {
    boolean upper = Character.isUpperCase(letter);
    if (!Double.isFinite(value)) {
      String text = Double.isNaN(value) ? "nan" : "inf";
      return (upper ? text.toUpperCase(Locale.ROOT) : text) + (letter == '%' ? "%" : "");
    }
    BigDecimal number = new BigDecimal(Math.abs(value));
    String text = switch (Character.toLowerCase(letter)) {
      case 'f' -> number.setScale(places, RoundingMode.HALF_EVEN).toPlainString();
      case '%' -> number.movePointRight(2).setScale(places, RoundingMode.HALF_EVEN).toPlainString() + "%";
      case 'e' -> scientific(number, places);
      default -> general(number, Math.max(1, places), alternate);
    };
    return upper ? text.toUpperCase(Locale.ROOT) : text;
  }

  private static String scientific(BigDecimal number, int places) {
    int exponent = number.signum() == 0 ? 0 : number.precision() - number.scale() - 1;
    BigDecimal mantissa = number.scaleByPowerOfTen(-exponent).setScale(places, RoundingMode.HALF_EVEN);
    if (mantissa.compareTo(BigDecimal.TEN) >= 0) {
      exponent++;
      mantissa = number.scaleByPowerOfTen(-exponent).setScale(places, RoundingMode.HALF_EVEN);
    }
    return mantissa.toPlainString() + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static String general(BigDecimal number, int digits, boolean keepZeros) {
    String scientific = scientific(number, digits - 1);
    int mark = scientific.indexOf('e');
    int exponent = Integer.parseInt(scientific.substring(mark + 1));
    if (exponent < -4 || exponent >= digits) {
      return (keepZeros ? scientific.substring(0, mark) : withoutZeros(scientific.substring(0, mark)))
          + scientific.substring(mark);
    }
    String plain = number.setScale(Math.max(0, digits - 1 - exponent), RoundingMode.HALF_EVEN).toPlainString();
    return keepZeros ? plain : withoutZeros(plain);
  }

  private static String withoutZeros(String text) {
    if (text.indexOf('.') < 0) {
      return text;
    }
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }

  public static boolean isNegative(Object value) {
    return value instanceof Double number ? number < 0 || number == 0 && 1 / number < 0
        : Operators.whole(value).compareTo(BigInteger.ZERO) < 0;
  }
}
