package dev.kasane.diffusion.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.ModelSize;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Strict reading of a model's {@code config.json}: every complaint names the file, the key and the value. */
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

  /** Refuses settings that must be absent, null, false or none. */
  public void refuseUnlessAbsent(String... keys) {
    for (String key : keys) {
      JsonNode value = json.path(key);
      boolean off = value.isMissingNode() || value.isNull() || value.isBoolean() && !value.asBoolean();
      if (!off) {
        throw new UserException(origin + ": " + key + " is set to " + shown(value)
            + ", which the Stable Diffusion 1.x and 2.x engine does not build.");
      }
    }
  }

  /** A whole number from 1 to what {@link ModelSize} allows for the key. */
  public int integer(String key, int defaultValue) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return defaultValue;
    }
    return ModelSize.of(key).read(value, origin + ": " + key);
  }

  /** A finite number. */
  public double number(String key, double defaultValue) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return defaultValue;
    }
    if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
      throw new UserException(origin + ": " + key + " is " + shown(value) + ", expected a number.");
    }
    return value.asDouble();
  }

  /** True or false. */
  public boolean flag(String key, boolean defaultValue) {
    JsonNode value = json.path(key);
    return value.isMissingNode() || value.isNull() ? defaultValue : value.asBoolean();
  }

  /** A text. */
  public String text(String key, String defaultValue) {
    JsonNode value = json.path(key);
    return value.isMissingNode() || value.isNull() ? defaultValue : value.asText();
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

  /** Refuses widths that cannot be split evenly, as heads and groups of a normalisation split them. */
  public void requireSplit(List<Integer> widths, String key, List<Integer> parts) {
    for (int i = 0; i < widths.size(); i++) {
      if (widths.get(i) % parts.get(i) != 0) {
        throw new UserException(origin + ": a width of " + widths.get(i) + " cannot be split into " + parts.get(i)
            + " (" + key + ").");
      }
    }
  }

  /** A list of {@code count} names out of those that the engine knows. */
  public List<String> choices(String key, List<String> known, int count) {
    List<String> names = new ArrayList<>();
    for (JsonNode each : json.path(key)) {
      if (!known.contains(each.asText())) {
        throw new UserException(origin + ": " + key + " names " + shown(each) + "; this engine builds "
            + String.join(" and ", known) + ".");
      }
      names.add(each.asText());
    }
    requireCount(key, names.size(), count);
    return names;
  }

  private static String shown(JsonNode value) {
    return VisibleText.shortened(value.toString());
  }

  private void requireCount(String key, int found, int expected) {
    if (found != expected) {
      throw new UserException(origin + ": " + key + " has " + found + " entries, but block_out_channels has "
          + expected + ".");
    }
  }
}
