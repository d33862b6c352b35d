package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;

/** Euler steps that go too far down and add fresh noise back up to the next noise level. */
final class EulerAncestralScheduler extends SigmaScheduler {

  private EulerAncestralScheduler(SchedulerConfig config, double[] timesteps, float[] sigmas) {
    super(config, timesteps, sigmas);
  }

  static EulerAncestralScheduler of(SchedulerConfig config, int steps) {
    double[] timesteps = TimestepGrid.fractional(config, steps);
    double[] levels = new SigmaTable(config).at(timesteps);
    return new EulerAncestralScheduler(config, timesteps, SigmaTable.endingAtZero(levels));
  }

  /** Noise is drawn at the last step too, where it counts nothing, so that the draws after it agree. */
  @Override
  NDArray advance(NDArray output, int stepIndex, NDArray latents, NoiseSource noise) {
    float from = sigma(stepIndex);
    float to = sigma(stepIndex + 1);
    float up = (float) Math.sqrt(to * to * (from * from - to * to) / (from * from));
    float down = (float) Math.sqrt(to * to - up * up);
    NDArray lower = latents.add(derivative(output, stepIndex, latents).mul(down - from));
    try (NDArray drawn = noise.next(latents.getShape())) {
      return lower.add(drawn.mul(up));
    }
  }
}
