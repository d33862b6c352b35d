package dev.kasane.core.algebra;

import dev.kasane.core.UserException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What an operation claims of its result, measured.
 *
 * @param checks each claim with its error
 */
public record Verification(List<Check> checks) {
  /** Where files keep it. */
  public static final String KEY = "kasane.verification";

  /**
   * A claim.
   *
   * @param claim what should be
   * @param error how far it is off, relative
   * @param bound how far it may be
   */
  public record Check(String claim, double error, double bound) {
    /** Whether it holds; an error that is no number fails. */
    public boolean passed() {
      return error <= bound;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s: error %.2e, bound %.2e, %s", claim, error, bound,
          passed() ? "passed" : "FAILED");
    }
  }

  /** One claim. */
  public static Verification of(String claim, double error, double bound) {
    return new Verification(List.of(new Check(claim, error, bound)));
  }

  /** Whether every claim holds. */
  public boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }

  /** One line, for people and for metadata. */
  public String text() {
    return checks.stream().map(Check::toString).collect(Collectors.joining("; "));
  }

  /**
   * Insists that every claim holds.
   *
   * @param result what was made, for the message
   * @throws UserException that lists the claims
   */
  public void requirePassed(String result) {
    if (!passed()) {
      throw new UserException("The self-test of " + result + " failed: " + text() + ". Nothing was written."
          + " A wider type («stored type float32») may hold it; «no verify» writes it all the same.");
    }
  }
}
