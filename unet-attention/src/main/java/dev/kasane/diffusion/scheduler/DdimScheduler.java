package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;

/** DDIM (Song et al., 2021, equation 12). */
final class DdimScheduler extends AlphaScheduler {
  private final PredictionType prediction;
  private final SolverConfig solver;
  private final float eta;

  DdimScheduler(SchedulerConfig config, int steps, double eta) {
    super(config, steps, TimestepGrid.whole(config, steps));
    if (!(eta >= 0 && eta <= 1)) {
      throw new UserException(
          "eta is " + eta + ", but has to be from 0 (no noise is added) to 1 (as much as DDPM adds).");
    }
    this.prediction = config.predictionType();
    this.solver = config.solver();
    this.eta = (float) eta;
  }

  @Override
  NDArray advance(NDArray output, int stepIndex, NDArray latents, NoiseSource noise) {
    int timestep = wholeTimestep(stepIndex);
    float alpha = alphaCumprod(timestep);
    float alphaBefore = alphaCumprod(timestep - stride());
    NoiseLevel level = NoiseLevel.ofAlphaCumprod(alpha);
    NDArray clean = clipped(level.clean(prediction, output, latents), solver);
    NDArray epsilon = level.epsilon(prediction, output, latents);
    float deviation = eta * (float) Math.sqrt(variance(alpha, alphaBefore));
    float direction = (float) Math.sqrt(1 - alphaBefore - deviation * deviation);
    NDArray before = clean.mul((float) Math.sqrt(alphaBefore)).add(epsilon.mul(direction));
    return eta > 0 ? withNoise(before, deviation, noise) : before;
  }

  static NDArray clipped(NDArray clean, SolverConfig solver) {
    float range = (float) solver.clipSampleRange();
    return solver.clipSample() ? clean.clip(-range, range) : clean;
  }

  private static float variance(float alpha, float alphaBefore) {
    return (1 - alphaBefore) / (1 - alpha) * (1 - alpha / alphaBefore);
  }

  private static NDArray withNoise(NDArray latents, float deviation, NoiseSource noise) {
    try (NDArray drawn = noise.next(latents.getShape())) {
      return latents.add(drawn.mul(deviation));
    }
  }
}
