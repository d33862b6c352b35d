package dev.kasane.core;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Strict reading of a model's {@code config.json}: every complaint names the file, the key and the value. A key that is
 * absent or null takes the default, which is the reference library's. A value that asks for something that the engine
 * does not build is an error, because a model built in spite of it would load and draw or write noise.
 */
public final class ModelConfig {
  private final JsonNode json;
  private final String origin;

  /**
   * @param json the file's content
   * @param origin the file, for messages
   */
  public ModelConfig(JsonNode json, String origin) {
    this.json = json;
    this.origin = origin;
  }

  /** The file, for messages. */
  public String origin() {
    return origin;
  }

  /** Whether a key has a value other than null. */
  public boolean has(String key) {
    return json.hasNonNull(key);
  }

  /** The object under a key, empty where there is none. */
  public ModelConfig object(String key) {
    return new ModelConfig(json.path(key), origin + ": " + key);
  }

  /** Refuses a configuration of another class. */
  public void requireClass(String name) {
    String found = json.path("_class_name").asText(name);
    if (!found.equals(name)) {
      throw new UserException(origin + " describes a " + found + ", expected a " + name
          + ". Is this another kind of base model?");
    }
  }

  /** Refuses a value that the engine does not implement. */
  public void refuseUnless(String key, String only) {
    String found = json.path(key).asText(only);
    if (!found.equals(only)) {
      throw new UserException(origin + ": " + key + " is " + VisibleText.quote(found)
          + "; this engine builds '" + only + "' only.");
    }
  }

  /** Refuses a key that is set to anything but {@code only}. */
  public void refuseUnless(String key, boolean only) {
    if (flag(key, only) != only) {
      throw new UserException(origin + ": " + key + " is " + !only + ", which this engine does not build.");
    }
  }

  /** Refuses settings that must be absent, null, false or none. */
  public void refuseUnlessAbsent(String... keys) {
    for (String key : keys) {
      boolean off = !has(key) || json.get(key).isBoolean() && !json.get(key).asBoolean();
      if (!off) {
        throw new UserException(origin + ": " + key + " is set to " + shown(json.get(key))
            + ", which the Stable Diffusion 1.x and 2.x engine does not build.");
      }
    }
  }

  /** A whole number from 1 to what {@link ModelSize} allows for the key, which must be there. */
  public int integer(String key) {
    if (!has(key)) {
      throw new UserException(origin + ": " + key + " is missing, expected a whole number.");
    }
    return integer(key, 0);
  }

  /** A whole number from 1 to what {@link ModelSize} allows for the key. */
  public int integer(String key, int defaultValue) {
    return has(key) ? ModelSize.of(key).read(json.get(key), origin + ": " + key) : defaultValue;
  }

  /** A finite number. */
  public double number(String key, double defaultValue) {
    if (!has(key)) {
      return defaultValue;
    }
    JsonNode value = json.get(key);
    if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
      throw new UserException(origin + ": " + key + " is " + shown(value) + ", expected a number.");
    }
    return value.asDouble();
  }

  /** A number above zero. */
  public double positive(String key, double defaultValue) {
    double value = number(key, defaultValue);
    if (value <= 0) {
      throw new UserException(origin + ": " + key + " is " + value + ", expected a number above 0.");
    }
    return value;
  }

  /** A probability, from 0 to below 1. */
  public double probability(String key, double defaultValue) {
    double value = number(key, defaultValue);
    if (value < 0 || value >= 1) {
      throw new UserException(origin + ": " + key + " is " + value + ", expected a number from 0 to below 1.");
    }
    return value;
  }

  /** True or false. */
  public boolean flag(String key, boolean defaultValue) {
    if (!has(key)) {
      return defaultValue;
    }
    if (!json.get(key).isBoolean()) {
      throw new UserException(origin + ": " + key + " is " + shown(json.get(key)) + ", expected true or false.");
    }
    return json.get(key).asBoolean();
  }

  /** A text. */
  public String text(String key, String defaultValue) {
    return has(key) ? json.get(key).asText() : defaultValue;
  }

  /** A list of texts, empty where there is none. */
  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    json.path(key).forEach(each -> texts.add(each.asText()));
    return texts;
  }

  /** A list of whole numbers that must be there. */
  public List<Integer> integers(String key) {
    JsonNode value = json.path(key);
    if (!value.isArray() || value.isEmpty()) {
      throw new UserException(origin + ": " + key + " is " + (value.isMissingNode() ? "missing" : shown(value))
          + ", expected a list of whole numbers.");
    }
    if (value.size() > ModelSize.RESOLUTIONS.most()) {
      throw new UserException(origin + ": " + key + " has " + value.size() + " numbers, more than any model has;"
          + " expected at most " + ModelSize.RESOLUTIONS.most() + ".");
    }
    List<Integer> numbers = new ArrayList<>();
    value.forEach(each -> numbers.add(ModelSize.of(key).read(each, origin + ": " + key)));
    return List.copyOf(numbers);
  }

  /** A whole number for all of {@code count} places, or a list with one for each. */
  public List<Integer> integerOrList(String key, int defaultValue, int count) {
    if (!json.path(key).isArray()) {
      return Collections.nCopies(count, integer(key, defaultValue));
    }
    List<Integer> numbers = integers(key);
    requireCount(key, numbers.size(), count);
    return numbers;
  }

  /** A list of {@code count} names out of those that the engine knows. */
  public List<String> choices(String key, List<String> known, int count) {
    List<String> names = texts(key);
    for (JsonNode each : json.path(key)) {
      if (!known.contains(each.asText())) {
        throw new UserException(origin + ": " + key + " names " + shown(each) + "; this engine builds "
            + String.join(" and ", known) + ".");
      }
    }
    requireCount(key, names.size(), count);
    return names;
  }

  private void requireCount(String key, int found, int expected) {
    if (found != expected) {
      throw new UserException(origin + ": " + key + " has " + found + " entries, but block_out_channels has "
          + expected + ".");
    }
  }

  /** Refuses widths that cannot be split evenly, as heads and groups of a normalisation split them. */
  public void requireSplit(List<Integer> widths, String key, List<Integer> parts) {
    for (int i = 0; i < widths.size(); i++) {
      if (widths.get(i) % parts.get(i) != 0) {
        throw new UserException(origin + ": a width of " + widths.get(i) + " cannot be split into " + parts.get(i)
            + " (" + key + ").");
      }
    }
  }

  private static String shown(JsonNode value) {
    return VisibleText.shortened(value.toString());
  }
}
