package dev.kasane.core.spi;

import dev.kasane.core.UserException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Typed values for the options of one method: every option has a value, nothing unknown is inside. */
public final class AdapterOptions {
  private final AdapterMethod method;
  private final Map<String, Object> values;

  private AdapterOptions(AdapterMethod method, Map<String, Object> values) {
    this.method = method;
    this.values = values;
  }

  /**
   * Checks what was given against what a method takes.
   *
   * @param method the method
   * @param given values by name, of the option's type or as the user wrote them
   * @throws UserException for an unknown name or a value of the wrong type
   */
  public static AdapterOptions of(AdapterMethod method, Map<String, ?> given) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (AdapterOption option : method.options()) {
      values.put(option.name(), typed(method, option,
          given.containsKey(option.name()) ? given.get(option.name()) : option.defaultValue()));
    }
    Collection<String> known = values.keySet();
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new UserException("Method " + method.id() + " has no option '" + name + "'. It takes "
            + known.stream().sorted().collect(Collectors.joining(", ")) + ".");
      }
    }
    return new AdapterOptions(method, values);
  }

  private static Object typed(AdapterMethod method, AdapterOption option, Object given) {
    String text = given.toString();
    boolean fits = switch (option.type()) {
      case INTEGER -> given instanceof Integer || given instanceof String && text.matches("[+-]?\\d{1,9}");
      case NUMBER -> isFinite(text);
      case BOOLEAN -> text.equals("true") || text.equals("false");
      case TEXT -> given instanceof String;
    };
    if (!fits) {
      throw new UserException("Option " + option.name() + " of method " + method.id() + " is '" + text
          + "', which is not " + article(option.type()) + ". " + option.description());
    }
    return given instanceof String ? parsed(option.type(), text) : given;
  }

  private static Object parsed(AdapterOption.Type type, String text) {
    return switch (type) {
      case INTEGER -> Integer.valueOf(text);
      case NUMBER -> Double.valueOf(text);
      case BOOLEAN -> Boolean.valueOf(text);
      case TEXT -> text;
    };
  }

  private static boolean isFinite(String value) {
    try {
      return Double.isFinite(Double.parseDouble(value));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static String article(AdapterOption.Type type) {
    return switch (type) {
      case INTEGER -> "a whole number";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case TEXT -> "a text";
    };
  }

  /**
   * These options with some values replaced, for one layer's own rank or alpha.
   *
   * @throws UserException as {@link #of}
   */
  public AdapterOptions with(Map<String, ?> replacements) {
    if (replacements.isEmpty()) {
      return this;
    }
    Map<String, Object> own = new LinkedHashMap<>(values);
    own.putAll(replacements);
    return of(method, own);
  }

  /**
   * The value of a whole-number option within bounds.
   *
   * @throws UserException when it lies outside
   */
  public int integer(String name, int least, int most) {
    int value = integer(name);
    if (value < least || value > most) {
      throw outside(name, "from " + least + " to " + most);
    }
    return value;
  }

  /**
   * The value of a number option that is at least 0 and below a bound.
   *
   * @throws UserException when it lies outside
   */
  public double numberBelow(String name, double bound) {
    double value = number(name);
    if (value < 0 || value >= bound) {
      throw outside(name, "at least 0 and below " + bound);
    }
    return value;
  }

  private UserException outside(String name, String expected) {
    return new UserException("Option " + name + " is '" + value(name) + "'; it must be " + expected + ".");
  }

  /** The value of a whole-number option. */
  public int integer(String name) {
    return (Integer) value(name);
  }

  /** The value of an option for numbers, whole or not. */
  public double number(String name) {
    return ((Number) value(name)).doubleValue();
  }

  /** The value of a true-or-false option. */
  public boolean flag(String name) {
    return (Boolean) value(name);
  }

  /** The value of a text option. */
  public String text(String name) {
    return (String) value(name);
  }

  private Object value(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("No option " + name + " among " + values.keySet());
    }
    return value;
  }

  /** All values by name: {@link Integer}, a {@link Number}, {@link Boolean} or {@link String}. */
  public Map<String, Object> values() {
    return Map.copyOf(values);
  }
}
