package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;

/** DPM-Solver++ of second order, multistep, midpoint (Lu et al., 2022, algorithm 2). */
final class DpmSolverScheduler extends StepwiseScheduler {
  private final float[] sigmas;
  private final PredictionType prediction;
  private NDArray lastClean;

  private DpmSolverScheduler(SchedulerConfig config, double[] timesteps, float[] sigmas) {
    super(timesteps.length, timesteps);
    this.sigmas = sigmas;
    this.prediction = config.predictionType();
  }

  static DpmSolverScheduler of(SchedulerConfig config, int steps) {
    SigmaTable table = new SigmaTable(config);
    if (config.timesteps().karrasSigmas()) {
      double[] levels = SigmaTable.karras(table.most(), table.least(), steps);
      double[] timesteps = table.timestepsOf(levels);
      // The reference keeps the fractions for the cosine schedule, and then cuts them off.
      boolean cosine = config.betas().schedule() == BetaSchedule.SQUARED_COSINE;
      for (int index = 0; index < steps; index++) {
        timesteps[index] = cosine ? Math.floor(timesteps[index]) : Math.rint(timesteps[index]);
      }
      return new DpmSolverScheduler(config, timesteps, SigmaTable.endingAtZero(levels));
    }
    double[] timesteps = TimestepGrid.withoutCleanEnd(config, steps);
    requireDistinct(config, timesteps);
    return new DpmSolverScheduler(config, timesteps, SigmaTable.endingAtZero(table.at(timesteps)));
  }

  @Override
  public float initNoiseSigma() {
    return 1;
  }

  @Override
  NDArray noised(NDArray latents, NDArray noise, int stepIndex) {
    return NoiseLevel.ofSigma(sigmas[stepIndex]).mix(latents, noise);
  }

  /** First order at the start, where nothing is remembered, and at the end, where λ becomes infinite. */
  @Override
  NDArray advance(NDArray output, int stepIndex, NDArray latents, NoiseSource noise) {
    NoiseLevel from = NoiseLevel.ofSigma(sigmas[stepIndex]);
    NoiseLevel to = NoiseLevel.ofSigma(sigmas[stepIndex + 1]);
    NDArray clean = from.clean(prediction, output, latents);
    float step = to.halfLogSnr() - from.halfLogSnr();
    float factor = to.signal() * ((float) Math.exp(-step) - 1);
    NDArray result = latents.mul(to.noise() / from.noise()).sub(clean.mul(factor));
    if (lastClean != null && stepIndex < stepCount() - 1) {
      NoiseLevel before = NoiseLevel.ofSigma(sigmas[stepIndex - 1]);
      float ratio = (from.halfLogSnr() - before.halfLogSnr()) / step;
      result = result.sub(clean.sub(lastClean).mul(1 / ratio).mul(0.5f * factor));
    }
    replaceLast(clean);
    return result;
  }

  private void replaceLast(NDArray clean) {
    if (lastClean != null) {
      lastClean.close();
    }
    lastClean = remember(clean);
  }

  private static void requireDistinct(SchedulerConfig config, double[] timesteps) {
    int last = config.betas().trainTimesteps() - 1;
    for (int index = 0; index < timesteps.length; index++) {
      boolean repeated = index > 0 && timesteps[index] >= timesteps[index - 1];
      if (repeated || timesteps[index] > last) {
        throw new UserException(
            timesteps.length + " steps are more than dpmpp-2m can place on the " + (last + 1)
                + " timesteps of " + config.origin() + ". Take fewer steps.");
      }
    }
  }
}
