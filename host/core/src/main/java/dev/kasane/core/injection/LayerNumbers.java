package dev.kasane.core.injection;

import dev.kasane.core.BoundedPattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;

/**
 * Some of a model's numbered layers.
 *
 * @param numbers the layers' numbers; empty for all
 * @param lists the lists whose numbers count, as they were named; empty for the first number
 * @param patterns how a path gives its number, tried in this order, in the first group
 */
record LayerNumbers(Set<Integer> numbers, List<String> lists, List<BoundedPattern> patterns) {
  /** Every layer, numbered or not. */
  static final LayerNumbers ANY = new LayerNumbers(Set.of(), List.of(), List.of());
  private static final BoundedPattern FIRST = BoundedPattern.of("", ".*?\\.[^.]*\\.(\\d{1,9})\\.%s");

  /**
   * @param numbers the layers' numbers; empty for all
   * @param lists names or regular expressions of the lists whose numbers count; empty for the first number
   */
  static LayerNumbers of(Set<Integer> numbers, List<String> lists) {
    return new LayerNumbers(Set.copyOf(numbers), List.copyOf(lists), lists.isEmpty() ? List.of(FIRST) : lists.stream()
        .map(list -> BoundedPattern.of(list, "(?:^|.*?\\.)(?:%s)\\.(\\d{1,9})\\.")).toList());
  }

  boolean isAny() {
    return numbers.isEmpty();
  }

  /** Whether a path lies in one of the layers; a path without a number lies in none. */
  boolean include(String path) {
    return isAny() || number(path).map(found -> numbers.contains(Integer.parseInt(found.group(1)))).orElse(false);
  }

  /** What of a path follows its layer's number and a dot; the whole path where there is no number. */
  String withinLayer(String path) {
    return number(path).map(found -> path.substring(found.end())).orElse(path);
  }

  private Optional<MatchResult> number(String path) {
    return patterns.stream().flatMap(pattern -> pattern.matchesBeginning(path).stream()).findFirst();
  }

  /** Those of the layers that none of the paths lies in. */
  Set<Integer> unused(Set<String> paths) {
    Set<Integer> unused = new TreeSet<>(numbers);
    paths.forEach(path -> number(path).ifPresent(found -> unused.remove(Integer.parseInt(found.group(1)))));
    return unused;
  }

  @Override
  public String toString() {
    return "layers " + new TreeSet<>(numbers)
        + (lists.isEmpty() ? "" : " of a list named " + String.join(" or ", lists));
  }
}
