package dev.kasane.app.cli.options;

import java.util.Locale;

/** Whose dropouts a language model has while it is tuned. */
public enum BaseDropout {
  /** Those that its configuration asks for. */
  MODEL,
  /** None. */
  NONE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
