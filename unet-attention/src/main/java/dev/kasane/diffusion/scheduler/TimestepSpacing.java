package dev.kasane.diffusion.scheduler;

/** How the timesteps of a run are spread over the training timesteps 0 … T−1. */
public enum TimestepSpacing implements ConfigNamed {
  /** Multiples of ⌊T / steps⌋ from zero upwards, plus the steps offset: misses the noisiest timestep. */
  LEADING("leading"),
  /** Evenly from 0 to T−1, both included. */
  LINSPACE("linspace"),
  /** Multiples of T / steps counted down from T−1: always starts at the noisiest timestep. */
  TRAILING("trailing");

  private final String configName;

  TimestepSpacing(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
