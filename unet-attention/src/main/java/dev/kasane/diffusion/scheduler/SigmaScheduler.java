package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;

/** What the Euler samplers share: latents are x₀ + σ·ε, and the model sees them at unit variance. */
abstract class SigmaScheduler extends StepwiseScheduler {
  private final float[] sigmas;
  private final PredictionType prediction;
  private final boolean startsAtLastTimestep;

  /** @param sigmas noise levels, one more than timesteps, the last of them 0 */
  SigmaScheduler(SchedulerConfig config, double[] timesteps, float[] sigmas) {
    super(timesteps.length, timesteps);
    this.sigmas = sigmas;
    this.prediction = config.predictionType();
    this.startsAtLastTimestep = config.timesteps().spacing() != TimestepSpacing.LEADING;
  }

  /** With leading spacing σ of the first step is not the schedule's largest, and the signal is let in. */
  @Override
  public float initNoiseSigma() {
    float most = 0;
    for (float sigma : sigmas) {
      most = Math.max(most, sigma);
    }
    return startsAtLastTimestep ? most : (float) Math.sqrt(most * most + 1);
  }

  @Override
  NDArray scaled(NDArray latents, int stepIndex) {
    float sigma = sigmas[stepIndex];
    return latents.div((float) Math.sqrt(sigma * sigma + 1));
  }

  @Override
  NDArray noised(NDArray latents, NDArray noise, int stepIndex) {
    return latents.add(noise.mul(sigmas[stepIndex]));
  }

  final float sigma(int stepIndex) {
    return sigmas[stepIndex];
  }

  /** dx/dσ = (x − x₀) / σ at a step. */
  final NDArray derivative(NDArray output, int stepIndex, NDArray latents) {
    float sigma = sigmas[stepIndex];
    float variance = sigma * sigma + 1;
    NDArray clean = switch (prediction) {
      case EPSILON -> latents.sub(output.mul(sigma));
      case V_PREDICTION ->
          output.mul(-sigma / (float) Math.sqrt(variance)).add(latents.div(variance));
      case SAMPLE -> output;
    };
    return latents.sub(clean).div(sigma);
  }
}
