package dev.kasane.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds the known names that a mistyped one most likely meant. */
public final class NearNames {
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
        .map(name -> new Near(name, distance(wanted, name)))
        .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
        .limit(count).map(Near::name).toList();
  }

  private record Near(String name, int distance) {}

  /** Levenshtein's distance: insertions, deletions and substitutions of one character. */
  static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(substitution, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
