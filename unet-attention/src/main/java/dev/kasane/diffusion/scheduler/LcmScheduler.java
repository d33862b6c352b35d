package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;

/** Multistep sampling of latent consistency models (Luo et al., 2023, algorithm 3). */
final class LcmScheduler extends AlphaScheduler {
  /** Standard deviation of the data, which the boundary condition of consistency models assumes. */
  private static final float SIGMA_DATA = 0.5f;

  private final PredictionType prediction;
  private final SolverConfig solver;

  LcmScheduler(SchedulerConfig config, int steps) {
    super(config, steps, timesteps(config, steps));
    this.prediction = config.predictionType();
    this.solver = config.solver();
  }

  @Override
  NDArray advance(NDArray output, int stepIndex, NDArray latents, NoiseSource noise) {
    int timestep = wholeTimestep(stepIndex);
    NoiseLevel level = NoiseLevel.ofAlphaCumprod(alphaCumprod(timestep));
    NDArray clean = DdimScheduler.clipped(level.clean(prediction, output, latents), solver);
    float scaledTimestep = timestep * (float) solver.timestepScaling();
    float sum = scaledTimestep * scaledTimestep + SIGMA_DATA * SIGMA_DATA;
    float skip = SIGMA_DATA * SIGMA_DATA / sum;
    float out = scaledTimestep / (float) Math.sqrt(sum);
    NDArray denoised = clean.mul(out).add(latents.mul(skip));
    if (stepIndex == stepCount() - 1) {
      return denoised;
    }
    NoiseLevel next = NoiseLevel.ofAlphaCumprod(alphaCumprod(wholeTimestep(stepIndex + 1)));
    try (NDArray drawn = noise.next(latents.getShape())) {
      return next.mix(denoised, drawn);
    }
  }

  /** An even choice from the timesteps the model was distilled with, noisiest first. */
  private static double[] timesteps(SchedulerConfig config, int steps) {
    int original = config.timesteps().originalInferenceSteps();
    if (steps > original) {
      throw new UserException(
          steps + " steps with lcm, but " + config.origin() + " allows at most " + original
              + " (original_inference_steps). Take fewer; 4 to 8 are usual.");
    }
    int stride = config.betas().trainTimesteps() / original;
    double[] timesteps = new double[steps];
    for (int index = 0; index < steps; index++) {
      int skipped = (int) (index * (original / (double) steps));
      timesteps[index] = (double) stride * (original - skipped) - 1;
    }
    return timesteps;
  }
}
