package dev.kasane.app.cli.options;

import java.util.Locale;

/** How the sign of a number that adapters disagree on is elected. */
public enum MajoritySign {
  /** By the sum of what each wants. */
  TOTAL,
  /** By how many want it. */
  FREQUENCY;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
