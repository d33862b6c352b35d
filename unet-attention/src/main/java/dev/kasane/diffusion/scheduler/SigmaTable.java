package dev.kasane.diffusion.scheduler;

/**
 * Noise levels σ = √((1 − ᾱ) / ᾱ), for samplers that think of latents as x₀ + σ·ε.
 *
 * <p>The table is single precision, interpolation between its entries double, as in the reference.
 */
final class SigmaTable {
  /** Stands for ᾱ = 0 at the end of a schedule with zero terminal SNR, where σ would be infinite. */
  private static final float LEAST_ALPHA = 0x1p-24f;

  private static final double KARRAS_RHO = 7;

  private final float[] sigmas;
  private final float[] logSigmas;

  SigmaTable(SchedulerConfig config) {
    float[] alphas = NoiseSchedule.of(config).alphasCumprod();
    if (config.betas().zeroTerminalSnr()) {
      alphas[alphas.length - 1] = LEAST_ALPHA;
    }
    sigmas = new float[alphas.length];
    logSigmas = new float[alphas.length];
    for (int timestep = 0; timestep < alphas.length; timestep++) {
      sigmas[timestep] = (float) Math.sqrt((1 - alphas[timestep]) / alphas[timestep]);
      logSigmas[timestep] = (float) Math.log(sigmas[timestep]);
    }
  }

  double least() {
    return sigmas[0];
  }

  double most() {
    return sigmas[sigmas.length - 1];
  }

  /** σ at each timestep, linear between whole timesteps and constant beyond the ends. */
  double[] at(double[] timesteps) {
    double[] values = new double[timesteps.length];
    for (int index = 0; index < values.length; index++) {
      values[index] = at(timesteps[index]);
    }
    return values;
  }

  private double at(double timestep) {
    if (timestep >= sigmas.length - 1) {
      return sigmas[sigmas.length - 1];
    }
    if (timestep <= 0) {
      return sigmas[0];
    }
    int below = (int) timestep;
    double slope = (double) sigmas[below + 1] - sigmas[below];
    return slope * (timestep - below) + sigmas[below];
  }

  /** Noise levels from most to least, evenly spaced in σ^(1/7) (Karras et al., 2022, equation 5). */
  static double[] karras(double most, double least, int steps) {
    double first = Math.pow(most, 1 / KARRAS_RHO);
    double last = Math.pow(least, 1 / KARRAS_RHO);
    double[] values = new double[steps];
    for (int index = 0; index < steps; index++) {
      double ramp = rampAt(index, steps);
      values[index] = Math.pow(first + ramp * (last - first), KARRAS_RHO);
    }
    return values;
  }

  private static double rampAt(int index, int steps) {
    if (steps == 1) {
      return 0;
    }
    return index == steps - 1 ? 1 : index * (1.0 / (steps - 1));
  }

  /** The timesteps, with fractions, at which the noise levels occur: linear in ln σ. */
  double[] timestepsOf(double[] levels) {
    double[] timesteps = new double[levels.length];
    for (int index = 0; index < levels.length; index++) {
      timesteps[index] = timestepOf(Math.log(levels[index]));
    }
    return timesteps;
  }

  private double timestepOf(double logLevel) {
    int below = 0;
    while (below < logSigmas.length - 2 && logSigmas[below + 1] <= logLevel) {
      below++;
    }
    float low = logSigmas[below];
    float high = logSigmas[below + 1];
    double share = Math.max(0, Math.min(1, (low - logLevel) / (low - high)));
    return (1 - share) * below + share * (below + 1);
  }

  /** The levels in single precision, followed by the noiseless end. */
  static float[] endingAtZero(double[] levels) {
    float[] result = new float[levels.length + 1];
    for (int index = 0; index < levels.length; index++) {
      result[index] = (float) levels[index];
    }
    return result;
  }
}
