package dev.kasane.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the known names that a mistyped one most likely meant. */
public final class NearNames {
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private static final int LONGEST = 1024;

  private NearNames() {}

  /**
   * The nearest names by edit distance, nearest first, ties in alphabetical order.
   *
   * @param wanted what was written
   * @param known what there is
   * @param count how many to return at most, at least 1
   * @return none for a text that is longer than any name
   */
  public static List<String> of(String wanted, Collection<String> known, int count) {
    if (wanted.length() > LONGEST) {
      return List.of();
    }
    PriorityQueue<Near> nearest = new PriorityQueue<>(Near.ORDER.reversed());
    for (String name : Set.copyOf(known)) {
      // A name that is further off than all that are kept need not be compared to its end.
      int limit = nearest.size() < count ? Math.max(wanted.length(), name.length()) : nearest.peek().distance();
      int distance = new LevenshteinDistance(limit).apply(wanted, name);
      if (distance >= 0) {
        nearest.add(new Near(name, distance));
      }
      if (nearest.size() > count) {
        nearest.poll();
      }
    }
    return nearest.stream().sorted(Near.ORDER).map(Near::name).toList();
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

  private record Near(String name, int distance) {
    static final Comparator<Near> ORDER = Comparator.comparingInt(Near::distance).thenComparing(Near::name);
  }
}
