package dev.kasane.core.spi;

import dev.kasane.core.UserException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Checked values for the options of one method: every option has a value, nothing unknown is inside. */
public final class AdapterOptions {
  private final Map<String, String> values;

  private AdapterOptions(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Checks what the user gave against what a method takes.
   *
   * @param method the method's id, for messages
   * @param options what it takes
   * @param given what the user gave
   * @throws UserException for an unknown name or a value of the wrong type
   */
  public static AdapterOptions of(String method, List<AdapterOption> options, Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    for (AdapterOption option : options) {
      String value = given.getOrDefault(option.name(), option.defaultValue());
      check(method, option, value);
      values.put(option.name(), value);
    }
    Collection<String> known = values.keySet();
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new UserException("Method " + method + " has no option '" + name + "'. It takes "
            + known.stream().sorted().collect(Collectors.joining(", ")) + ".");
      }
    }
    return new AdapterOptions(values);
  }

  private static void check(String method, AdapterOption option, String value) {
    boolean fits = switch (option.type()) {
      case INTEGER -> value.matches("[+-]?\\d{1,9}");
      case NUMBER -> isFinite(value);
      case BOOLEAN -> value.equals("true") || value.equals("false");
      case TEXT -> true;
    };
    if (!fits) {
      throw new UserException("Option " + option.name() + " of method " + method + " is '" + value
          + "', which is not " + article(option.type()) + ". " + option.description());
    }
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

  /** Returns these options with some values replaced, for one layer's own rank or alpha. */
  public AdapterOptions with(Map<String, String> replacements) {
    Map<String, String> copy = new LinkedHashMap<>(values);
    copy.putAll(replacements);
    return new AdapterOptions(copy);
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

  /**
   * The value of a text option that is one of a few words.
   *
   * @throws UserException when it is another one
   */
  public String oneOf(String name, String... words) {
    String value = text(name);
    if (!List.of(words).contains(value)) {
      throw outside(name, "one of " + String.join(", ", words));
    }
    return value;
  }

  private UserException outside(String name, String expected) {
    return new UserException("Option " + name + " is '" + text(name) + "'; it must be " + expected + ".");
  }

  /** The value of a whole-number option. */
  public int integer(String name) {
    return Integer.parseInt(text(name));
  }

  /** The value of a number option. */
  public double number(String name) {
    return Double.parseDouble(text(name));
  }

  /** The value of a true-or-false option. */
  public boolean flag(String name) {
    return Boolean.parseBoolean(text(name));
  }

  /** The value of any option as it was written. */
  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("No option " + name + " among " + values.keySet());
    }
    return value;
  }

  /** All values by name. */
  public Map<String, String> values() {
    return Map.copyOf(values);
  }
}
