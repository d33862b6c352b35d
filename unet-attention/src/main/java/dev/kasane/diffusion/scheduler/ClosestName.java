package dev.kasane.diffusion.scheduler;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds what a mistyped name was probably meant to be. */
final class ClosestName {
  private ClosestName() {}

  /** The known name with the fewest edits, if at most half the letters have to change. */
  static Optional<String> to(String typed, List<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(name -> edits(typed, name)))
        .filter(name -> edits(typed, name) * 2 <= Math.max(typed.length(), name.length()));
  }

  /** Levenshtein distance. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      row[column] = column;
    }
    for (int line = 1; line <= from.length(); line++) {
      int diagonal = row[0];
      row[0] = line;
      for (int column = 1; column <= to.length(); column++) {
        int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
        diagonal = row[column];
        row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
      }
    }
    return row[to.length()];
  }
}
