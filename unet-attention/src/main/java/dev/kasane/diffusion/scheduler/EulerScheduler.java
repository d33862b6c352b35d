package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;

/** Euler steps of the probability flow (Karras et al., 2022, algorithm 2 without churn). */
final class EulerScheduler extends SigmaScheduler {

  private EulerScheduler(SchedulerConfig config, double[] timesteps, float[] sigmas) {
    super(config, timesteps, sigmas);
  }

  static EulerScheduler of(SchedulerConfig config, int steps) {
    SigmaTable table = new SigmaTable(config);
    double[] timesteps = TimestepGrid.fractional(config, steps);
    double[] levels = table.at(timesteps);
    if (config.timesteps().karrasSigmas()) {
      levels = SigmaTable.karras(levels[0], levels[steps - 1], steps);
      timesteps = singlePrecision(table.timestepsOf(levels));
    }
    return new EulerScheduler(config, timesteps, SigmaTable.endingAtZero(levels));
  }

  @Override
  NDArray advance(NDArray output, int stepIndex, NDArray latents, NoiseSource noise) {
    float change = sigma(stepIndex + 1) - sigma(stepIndex);
    return latents.add(derivative(output, stepIndex, latents).mul(change));
  }

  private static double[] singlePrecision(double[] values) {
    for (int index = 0; index < values.length; index++) {
      values[index] = (float) values[index];
    }
    return values;
  }
}
