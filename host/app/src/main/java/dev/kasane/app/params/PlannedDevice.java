package dev.kasane.app.params;

import java.util.Locale;

/** Where the model of a planned training lies. */
public enum PlannedDevice {
  /** In the host's memory. */
  CPU,
  /** In a GPU's memory. */
  CUDA;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
