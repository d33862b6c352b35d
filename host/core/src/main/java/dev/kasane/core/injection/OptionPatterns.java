package dev.kasane.core.injection;

import dev.kasane.core.BoundedPattern;
import dev.kasane.core.UserException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values of a method's options for some layers only: another rank for one block, another alpha for one
 * kind of projection.
 *
 * <p>The rule is that of PEFT's {@code rank_pattern} and {@code alpha_pattern}: of the patterns for an
 * option, the first one counts for which {@code ^(.*\.)?(pattern)$} matches the layer's path.
 */
public final class OptionPatterns {
  private final Map<String, Map<String, Rule>> rules = new LinkedHashMap<>();

  private record Rule(BoundedPattern pattern, String value) {
    boolean matches(String path) {
      return pattern.matches(path);
    }
  }

  /**
   * @param byOption option name ({@code rank}) → pattern ({@code mid_block.*}) → value ({@code 16}); the
   *     order of the patterns counts
   * @throws UserException for a pattern that is no regular expression
   */
  public OptionPatterns(Map<String, Map<String, String>> byOption) {
    byOption.forEach((option, values) -> values.forEach((pattern, value) ->
        rules.computeIfAbsent(option, name -> new LinkedHashMap<>()).put(pattern,
            new Rule(BoundedPattern.of(pattern, "(.*\\.)?(%s)"), value))));
  }

  /** The same options for every layer. */
  public static OptionPatterns none() {
    return new OptionPatterns(Map.of());
  }

  /** The options that differ for a layer. */
  Map<String, String> valuesFor(String path) {
    Map<String, String> values = new LinkedHashMap<>();
    rules.forEach((option, patterns) -> patterns.values().stream()
        .filter(rule -> rule.matches(path)).findFirst()
        .ifPresent(rule -> values.put(option, rule.value())));
    return values;
  }

  /** Every pattern must match one of the layers that get an adapter, or it was meant otherwise. */
  public void requireUse(Collection<String> paths) {
    rules.forEach((option, patterns) -> patterns.forEach((text, rule) -> {
      if (paths.stream().noneMatch(rule::matches)) {
        throw new UserException("The pattern '" + text + "' for " + option + " matches none of the "
            + paths.size() + " targeted layers, such as " + paths.iterator().next()
            + ". It is a regular expression for the end of a path.");
      }
    }));
  }
}
