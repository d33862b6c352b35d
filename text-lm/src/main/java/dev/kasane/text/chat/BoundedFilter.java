package dev.kasane.text.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.Map;
import java.util.Objects;

/** One of the engine's filters that make texts longer, with the length checked before it does. */
record BoundedFilter(Filter filter, Growth growth) implements AdvancedFilter {
  /** The length of what the filter makes of a text. */
  @FunctionalInterface
  interface Growth {
    long length(String text, Object[] arguments, Map<String, Object> named);
  }

  /** {@code replace(old, new)}. */
  static BoundedFilter replace(Filter filter) {
    return new BoundedFilter(filter, (text, arguments, named) -> arguments.length < 2 ? text.length()
        : TextLength.replaced(text, Objects.toString(arguments[0], ""), Objects.toString(arguments[1], "")));
  }

  /** {@code indent(width)}: that many spaces before each line. */
  static BoundedFilter indent(Filter filter) {
    return new BoundedFilter(filter, (text, arguments, named) -> {
      Object width = arguments.length > 0 ? arguments[0] : named.get("width");
      long lines = 1 + text.chars().filter(character -> character == '\n').count();
      return text.length() + (width == null ? 0 : (long) (lines * Math.abs(number(width))));
    });
  }

  /** {@code round(digits)}. */
  static BoundedFilter round(Filter filter) {
    return new BoundedFilter(filter, (text, arguments, named) -> {
      Object digits = arguments.length > 0 ? arguments[0] : named.get("precision");
      return text.length() + (digits == null ? 0 : (long) Math.abs(number(digits)));
    });
  }

  private static double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : TextLength.MOST;
  }

  @Override
  public String getName() {
    return filter.getName();
  }

  @Override
  public Object filter(Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
    TextLength.require(growth.length(Objects.toString(value, ""), arguments, named));
    return filter.filter(value, interpreter, arguments, named);
  }
}
