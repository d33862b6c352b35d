package dev.kasane.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the known names that a mistyped one most likely meant. */
public final class NearNames {
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private NearNames() {}

  /**
   * The nearest names by edit distance, nearest first, ties in alphabetical order.
   *
   * @param wanted what was written
   * @param known what there is
   * @param count how many to return at most
   */
  public static List<String> of(String wanted, Collection<String> known, int count) {
    return known.stream().distinct()
        .map(name -> new Near(name, DISTANCE.apply(wanted, name)))
        .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
        .limit(count).map(Near::name).toList();
  }

  /**
   * The name that was most likely meant, if at most half of its letters have to change.
   *
   * @param wanted what was written
   * @param known what there is
   */
  public static Optional<String> closest(String wanted, Collection<String> known) {
    return of(wanted, known, 1).stream()
        .filter(name -> DISTANCE.apply(wanted, name) * 2 <= Math.max(wanted.length(), name.length())).findFirst();
  }

  private record Near(String name, int distance) {}
}
