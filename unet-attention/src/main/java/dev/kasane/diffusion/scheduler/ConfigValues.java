package dev.kasane.diffusion.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Typed access to the keys of one JSON object; {@code null} counts as absent. */
record ConfigValues(String origin, JsonNode object) {
  boolean states(String key) {
    return object.hasNonNull(key);
  }

  Set<String> statedKeys() {
    Set<String> keys = new HashSet<>();
    object.fieldNames().forEachRemaining(key -> {
      if (states(key)) {
        keys.add(key);
      }
    });
    return keys;
  }

  int integer(String key, int absent, int least, int most) {
    if (!states(key)) {
      return absent;
    }
    JsonNode value = object.get(key);
    boolean fits = value.isIntegralNumber() && value.canConvertToInt();
    if (!fits || value.intValue() < least || value.intValue() > most) {
      throw wrong(key, "a whole number from " + least + " to " + most);
    }
    return value.intValue();
  }

  /** A finite number above {@code floor} and below {@code ceiling}. */
  double between(String key, double absent, double floor, double ceiling) {
    if (!states(key)) {
      return absent;
    }
    double value = object.get(key).isNumber() ? object.get(key).doubleValue() : Double.NaN;
    if (!(value > floor && value < ceiling)) {
      throw wrong(key, "a number above " + floor + " and below " + ceiling);
    }
    return value;
  }

  boolean flag(String key, boolean absent) {
    if (!states(key)) {
      return absent;
    }
    if (!object.get(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return object.get(key).booleanValue();
  }

  String text(String key, String absent) {
    if (!states(key)) {
      return absent;
    }
    if (!object.get(key).isTextual()) {
      throw wrong(key, "a string");
    }
    return object.get(key).textValue();
  }

  <T extends ConfigNamed> T choice(String key, T absent, T[] values) {
    if (!states(key)) {
      return absent;
    }
    String found = object.get(key).asText();
    return Arrays.stream(values)
        .filter(value -> value.configName().equals(found))
        .findFirst()
        .orElseThrow(() -> wrong(key, "one of " + Arrays.stream(values)
            .map(ConfigNamed::configName)
            .collect(Collectors.joining(", "))));
  }

  /** A list of numbers from 0 to 1, of the given length; empty if the key is absent. */
  List<Double> fractions(String key, int length) {
    if (!states(key)) {
      return List.of();
    }
    JsonNode array = object.get(key);
    if (!array.isArray() || array.size() != length) {
      throw wrong(key, "a list of " + length + " numbers, one a training timestep");
    }
    List<Double> values = new ArrayList<>(length);
    for (JsonNode value : array) {
      if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
        throw wrong(key, "numbers from 0 to 1");
      }
      values.add(value.doubleValue());
    }
    return values;
  }

  private UserException wrong(String key, String expected) {
    String found = object.get(key).toString();
    String shown = found.length() <= 60 ? found : found.substring(0, 60) + "…";
    return new UserException(
        origin + ": the key \"" + key + "\" is " + shown + ", but has to be " + expected
            + ". Correct it, or fetch the file again from where the model came.");
  }
}
