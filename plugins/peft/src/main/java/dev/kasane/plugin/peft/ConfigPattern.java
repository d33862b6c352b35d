package dev.kasane.plugin.peft;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A Python regular expression of a configuration, in Java's spelling and with bounded work. */
final class ConfigPattern {
  private static final int LONGEST = 2000;
  private final String text;
  private final Pattern pattern;

  /**
   * @param text the pattern as the configuration has it
   * @param template the whole expression, with {@code %s} where the text goes
   * @throws IllegalArgumentException that says what is wrong with the pattern
   */
  ConfigPattern(String text, String template) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("a pattern of " + text.length() + " characters, expected at most "
          + LONGEST);
    }
    this.text = text;
    try {
      this.pattern = Pattern.compile(String.format(template, text.replace("(?P<", "(?<")));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("'" + text + "', which is no regular expression: "
          + e.getDescription(), e);
    }
  }

  /** Whether the expression matches the whole path. */
  boolean matches(String path) {
    return run(path, Matcher::matches) != null;
  }

  /** What the first group holds when the expression matches the beginning of a path, otherwise null. */
  String firstGroup(String path) {
    Matcher found = run(path, Matcher::lookingAt);
    return found == null ? null : found.group(1);
  }

  private Matcher run(String path, Predicate<Matcher> test) {
    try {
      Matcher matcher = pattern.matcher(new BoundedText(path));
      return test.test(matcher) ? matcher : null;
    } catch (BoundedText.Exhausted | StackOverflowError e) {
      throw new IllegalArgumentException("'" + text + "', which takes too long on '" + path + "'", e);
    }
  }
}
