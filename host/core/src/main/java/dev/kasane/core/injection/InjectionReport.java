package dev.kasane.core.injection;

import dev.kasane.core.UserException;
import dev.kasane.core.spi.UnmatchedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of an adapter file: nothing is left out.
 *
 * @param matched modules that are attached now
 * @param unmatched keys that fit no layer or no method, each with the reason
 * @param misshapen modules whose tensors do not fit their layer
 * @param bare by component, the layers that the file says nothing about
 * @param words those among the unmatched that are learned words: told of, but nothing that should have fitted
 */
public record InjectionReport(
    List<Match> matched, List<UnmatchedKey> unmatched, List<Misfit> misshapen,
    Map<String, List<String>> bare, Set<String> words) {
  private static final int SHOWN = 8;

  /**
   * A module that fits.
   *
   * @param component which part of the base model
   * @param path the layer
   * @param method the method that understood it
   * @param facts rank, alpha, scale, as far as the method has them
   */
  public record Match(String component, String path, String method, Map<String, Double> facts) {}

  /**
   * A module that does not fit its layer.
   *
   * @param component which part of the base model
   * @param path the layer
   * @param problem found and expected shapes
   */
  public record Misfit(String component, String path, String problem) {}

  /** Whether every adapter in the file has found its place. */
  public boolean isComplete() {
    return strays().isEmpty() && misshapen.isEmpty();
  }

  /** The unmatched keys that are no learned words. */
  public List<UnmatchedKey> strays() {
    return unmatched.stream().filter(each -> !words.contains(each.key())).toList();
  }

  /**
   * Insists on {@link #isComplete}.
   *
   * @throws UserException that lists what did not fit
   */
  public void requireComplete() {
    if (!isComplete()) {
      List<String> lines = lines();
      throw new UserException(lines.get(0), lines.subList(1, lines.size()), null);
    }
  }

  /** A few lines for people: counts, then what did not fit, by name. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(matched.size() + " adapted layers, " + unmatched.size() + " unmatched keys, " + misshapen.size()
        + " misshapen, " + bare.values().stream().mapToInt(List::size).sum() + " layers without an adapter");
    misshapen.stream().limit(SHOWN).forEach(each -> lines.add("  " + each.problem()));
    more(lines, misshapen.size());
    unmatched.stream().limit(SHOWN).forEach(each -> lines.add("  " + each.key() + ": " + each.reason()));
    more(lines, unmatched.size());
    return lines;
  }

  private static void more(List<String> lines, int total) {
    if (total > SHOWN) {
      lines.add("  … and " + (total - SHOWN) + " more");
    }
  }
}
