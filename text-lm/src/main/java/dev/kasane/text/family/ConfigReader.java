package dev.kasane.text.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.ModelSize;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import java.util.ArrayList;
import java.util.List;

/** Strict reading of a language model's {@code config.json}: every complaint names file, key and value. */
public final class ConfigReader {
  private final JsonNode json;
  private final String origin;

  /**
   * @param json the file's content
   * @param origin the file, for messages
   */
  public ConfigReader(JsonNode json, String origin) {
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
  public ConfigReader object(String key) {
    return new ConfigReader(json.path(key), origin + ": " + key);
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

  /** Refuses a key that is set to anything but {@code only}. */
  public void refuseUnless(String key, boolean only) {
    if (flag(key, only) != only) {
      throw new UserException(origin + ": " + key + " is " + !only + ", which this engine does not build.");
    }
  }

  private static String shown(JsonNode value) {
    return VisibleText.shortened(value.toString());
  }
}
