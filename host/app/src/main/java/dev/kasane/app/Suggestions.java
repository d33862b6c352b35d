package dev.kasane.app;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what somebody most likely meant by a word that is not known. */
public final class Suggestions {
  private Suggestions() {}

  /**
   * Returns the candidate that is closest to a word, if any is close.
   *
   * <p>Letter case and the difference between {@code _} and {@code -} count for nothing. Close means at
   * most one edit in three letters, two swapped letters in a word of four or more, or that the one is the
   * beginning of the other.
   *
   * @param word what was written
   * @param candidates what could have been meant
   */
  public static Optional<String> nearest(String word, Collection<String> candidates) {
    String wanted = normal(word);
    return candidates.stream()
        .map(candidate -> Map.entry(candidate, distance(wanted, normal(candidate))))
        .filter(entry -> entry.getValue() <= mostEdits(wanted))
        .min(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey);
  }

  /**
   * Says what exists, and first of all what was probably meant.
   *
   * @param word what was written
   * @param candidates what exists
   * @return one or two sentences, ready to follow a full stop
   */
  public static String hint(String word, Collection<String> candidates) {
    String known = candidates.stream().sorted(Comparator.naturalOrder()).collect(Collectors.joining(", "));
    String all = candidates.isEmpty() ? "There are none." : "Known: " + known + ".";
    return nearest(word, candidates).map(near -> "Did you mean '" + near + "'? " + all).orElse(all);
  }

  private static int distance(String word, String candidate) {
    boolean beginning = word.length() > 1 && (candidate.startsWith(word) || word.startsWith(candidate));
    return beginning && !candidate.isEmpty() ? 1
        : LevenshteinDistance.getDefaultInstance().apply(word, candidate);
  }

  private static int mostEdits(String word) {
    return word.length() < 4 ? 1 : Math.max(2, word.length() / 3);
  }

  private static String normal(String word) {
    return word.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
