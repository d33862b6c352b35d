package dev.kasane.plugin.peft;

import dev.kasane.core.BoundedPattern;
import dev.kasane.core.UserException;
import java.util.function.Function;

/** A Python regular expression of a configuration, in Java's spelling. */
final class ConfigPattern {
  private final BoundedPattern pattern;

  /**
   * @param text the pattern as the configuration has it
   * @param template the whole expression, with {@code %s} where the text goes
   * @throws IllegalArgumentException that says what is wrong with the pattern
   */
  ConfigPattern(String text, String template) {
    this.pattern = told(template, whole -> BoundedPattern.of(text.replace("(?P<", "(?<"), whole));
  }

  /**
   * Whether the expression matches the whole path.
   *
   * @throws IllegalArgumentException when it takes too long
   */
  boolean matches(String path) {
    return told(path, pattern::matches);
  }

  /** What the first group holds when the expression matches the beginning of a path, otherwise null. */
  String firstGroup(String path) {
    return told(path, pattern::matchesBeginning).map(found -> found.group(1)).orElse(null);
  }

  /** A configuration's faults are told with its file in front. */
  private static <T> T told(String text, Function<String, T> use) {
    try {
      return use.apply(text);
    } catch (UserException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
