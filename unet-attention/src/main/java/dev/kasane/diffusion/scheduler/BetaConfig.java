package dev.kasane.diffusion.scheduler;

import java.util.List;

/**
 * The settings that fix the forward process.
 *
 * @param trainTimesteps number T of training timesteps, at least 2
 * @param start β of the first timestep, in (0, 1)
 * @param end β of the last timestep, in (0, 1)
 * @param schedule curve between the two; {@code SQUARED_COSINE} uses neither
 * @param trained explicit βs, T of them, which win over the curve; empty for none
 * @param zeroTerminalSnr whether the schedule is rescaled so that the last timestep is pure noise
 *     (Lin et al., 2023, algorithm 1)
 */
public record BetaConfig(
    int trainTimesteps,
    double start,
    double end,
    BetaSchedule schedule,
    List<Double> trained,
    boolean zeroTerminalSnr) {

  /** Copies the list, so that the record is immutable. */
  public BetaConfig {
    trained = List.copyOf(trained);
  }
}
