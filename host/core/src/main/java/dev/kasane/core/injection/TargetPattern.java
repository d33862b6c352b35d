package dev.kasane.core.injection;

import dev.kasane.core.BoundedPattern;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.TargetLayer;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/** One word of a selection: a preset, a name's end or a regular expression. */
record TargetPattern(String text, BiPredicate<String, TargetLayer.Kind> test) {
  private static final String REGEX_PREFIX = "re:";
  // A dot is no sign of a regular expression: to_out.0 is a name.
  private static final Pattern METACHARACTER = Pattern.compile("[\\\\^$*+?()\\[\\]{}|]");

  static TargetPattern parse(String text) {
    Optional<TargetPreset> preset = TargetPreset.named(text);
    if (preset.isPresent()) {
      return new TargetPattern(text, preset.get()::matches);
    }
    if (text.startsWith(REGEX_PREFIX)) {
      return regex(text, text.substring(REGEX_PREFIX.length()));
    }
    if (METACHARACTER.matcher(text).find()) {
      return regex(text, text);
    }
    if (text.isBlank()) {
      throw new UserException("A target is empty; name a layer such as to_q, or leave it out.");
    }
    return name(text);
  }

  /** A path, or its end at a dot. */
  static TargetPattern name(String text) {
    return new TargetPattern(text, (path, kind) -> TargetPreset.endsWith(path, text));
  }

  private static TargetPattern regex(String text, String expression) {
    BoundedPattern pattern = BoundedPattern.of(expression, "%s");
    return new TargetPattern(text, (path, kind) -> pattern.matches(path));
  }

  boolean matches(String path, TargetLayer.Kind kind) {
    return test.test(path, kind);
  }
}
