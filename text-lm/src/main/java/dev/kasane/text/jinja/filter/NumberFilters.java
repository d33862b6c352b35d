package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.NumberFormat;
import dev.kasane.text.jinja.value.Numbers;
import dev.kasane.text.jinja.value.Operators;
import dev.kasane.text.jinja.value.Undefined;
import dev.kasane.text.jinja.value.Values;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters of numbers. */
final class NumberFilters {
  private static final List<String> UNITS = List.of("k", "M", "G", "T", "P", "E", "Z", "Y");

  private NumberFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    Filters.plain(filters, "abs", (value, r) -> absolute(value));
    filters.put("int", NumberFilters::whole);
    filters.put("float", NumberFilters::real);
    filters.put("round", NumberFilters::round);
    filters.put("filesizeformat", (value, a, r) -> fileSize(value, a.flag(0, "binary", false)));
  }

  private static Object absolute(Object value) {
    Object number = Operators.positive(value);
    return NumberFormat.isNegative(number) ? Operators.negative(number) : number;
  }

  private static Object whole(Object value, Arguments arguments, Budget budget) {
    Object otherwise = arguments.of("int", "default", "base").get(0, "default", 0L);
    requireDefined(value);
    if (value instanceof Double number) {
      return Double.isNaN(number) ? otherwise : Numbers.truncated(number);
    } else if (Operators.isWhole(value)) {
      return Operators.integer(Operators.whole(value));
    } else if (!(value instanceof String text)) {
      return otherwise;
    }
    Object number = Numbers.whole((String) value, arguments.number(1, "base", 10));
    Double real = number == null ? Numbers.real((String) value) : null;
    return number != null ? number
        : real == null || real.isNaN() || real.isInfinite() ? otherwise : Numbers.truncated(real);
  }

  private static void requireDefined(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
  }

  private static Object real(Object value, Arguments arguments, Budget budget) {
    Object otherwise = arguments.of("float", "default").get(0, "default", 0.0);
    requireDefined(value);
    Object number = Values.isNumeric(value) ? (Object) Operators.real(value)
        : value instanceof String text ? Numbers.real(text) : null;
    return number == null ? otherwise : number;
  }

  private static Object round(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("round", "precision", "method");
    int precision = arguments.number(0, "precision", 0);
    String method = arguments.text(1, "method", "common");
    if (Math.abs(precision) > 400) {
      throw new JinjaException("precision too big");
    }
    Object number = Operators.positive(value);
    if (!(number instanceof Double real)) {
      return method.equals("common") && precision >= 0 ? number : rounded(number, precision, method);
    }
    return Double.isFinite(real) ? rounded(number, precision, method) : number;
  }

  private static Object rounded(Object value, int precision, String method) {
    double number = Operators.real(value);
    double power = Math.pow(10, precision);
    return switch (method) {
      case "ceil" -> Math.ceil(number * power) / power;
      case "floor" -> Math.floor(number * power) / power;
      case "common" -> {
        BigDecimal result = new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN);
        yield value instanceof Double ? (Object) (result.signum() == 0 ? Math.copySign(0.0, number)
            : result.doubleValue()) : Operators.integer(result.toBigInteger());
      }
      default -> throw new JinjaException("method must be common, ceil or floor");
    };
  }

  private static String fileSize(Object value, boolean binary) {
    double bytes = value instanceof String text ? Numbers.real(text) == null ? Double.NaN : Numbers.real(text)
        : Operators.real(Operators.positive(value));
    double base = binary ? 1024 : 1000;
    if (bytes == 1) {
      return "1 Byte";
    } else if (Math.abs(bytes) < base) {
      return (long) bytes + " Bytes";
    }
    double unit = base;
    int prefix = 0;
    while (prefix < UNITS.size() - 1 && bytes >= unit * base) {
      unit *= base;
      prefix++;
    }
    String name = UNITS.get(prefix);
    return NumberFormat.digits(bytes / unit, 'f', 1, false) + " "
        + (binary ? name.toUpperCase(Locale.ROOT) + "iB" : name + "B");
  }
}
