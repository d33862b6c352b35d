package dev.kasane.app.cli.options;

import java.util.Locale;

/** Optimisers by their names on the command line. */
public enum OptimizerKind {
  /** Averages in float32. */
  ADAMW,
  /** Averages of larger tensors in 8 bits. */
  ADAMW8BIT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
