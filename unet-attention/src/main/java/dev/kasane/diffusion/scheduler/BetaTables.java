package dev.kasane.diffusion.scheduler;

import java.util.List;

/**
 * Tables of β and ᾱ in single precision, rounded where libtorch rounds.
 *
 * <p>Its CPU kernels fuse multiply and add in {@code linspace} and accumulate {@code cumprod} of floats in
 * double precision; the same is done here, so the tables agree to the last bit with the reference's.
 */
final class BetaTables {
  private static final double MOST_COSINE_BETA = 0.999;

  private BetaTables() {}

  static float[] betas(BetaConfig config) {
    float[] betas = config.trained().isEmpty() ? curve(config) : floats(config.trained());
    return config.zeroTerminalSnr() ? rescaledToZeroTerminalSnr(betas) : betas;
  }

  /** ᾱ(t) = ∏ (1 − β). */
  static float[] cumulativeAlphas(float[] betas) {
    float[] cumulative = new float[betas.length];
    double product = 1;
    for (int timestep = 0; timestep < betas.length; timestep++) {
      product *= 1 - betas[timestep];
      cumulative[timestep] = (float) product;
    }
    return cumulative;
  }

  private static float[] curve(BetaConfig config) {
    int count = config.trainTimesteps();
    return switch (config.schedule()) {
      case LINEAR -> linspace(config.start(), config.end(), count);
      case SCALED_LINEAR ->
          squared(linspace(Math.sqrt(config.start()), Math.sqrt(config.end()), count));
      case SQUARED_COSINE -> squaredCosine(count);
    };
  }

  private static float[] linspace(double start, double end, int count) {
    float first = (float) start;
    float last = (float) end;
    float step = (last - first) / (count - 1);
    float[] values = new float[count];
    for (int index = 0; index < count; index++) {
      values[index] =
          index < count / 2
              ? Math.fma(step, index, first)
              : Math.fma(-step, count - 1 - index, last);
    }
    return values;
  }

  private static float[] squaredCosine(int count) {
    float[] betas = new float[count];
    for (int index = 0; index < count; index++) {
      double ratio = cosineAlpha((index + 1) / (double) count) / cosineAlpha(index / (double) count);
      betas[index] = (float) Math.min(1 - ratio, MOST_COSINE_BETA);
    }
    return betas;
  }

  private static double cosineAlpha(double time) {
    double root = Math.cos((time + 0.008) / 1.008 * Math.PI / 2);
    return root * root;
  }

  /** Shifts √ᾱ so that it ends at zero, and scales it so that its first value stays. */
  private static float[] rescaledToZeroTerminalSnr(float[] betas) {
    float[] roots = cumulativeAlphas(betas);
    for (int index = 0; index < roots.length; index++) {
      roots[index] = (float) Math.sqrt(roots[index]);
    }
    float first = roots[0];
    float last = roots[roots.length - 1];
    float scale = first / (first - last);
    float[] rescaled = new float[betas.length];
    float previous = 1;
    for (int index = 0; index < roots.length; index++) {
      float root = (roots[index] - last) * scale;
      float cumulative = root * root;
      rescaled[index] = 1 - cumulative / previous;
      previous = cumulative;
    }
    return rescaled;
  }

  private static float[] squared(float[] values) {
    for (int index = 0; index < values.length; index++) {
      values[index] *= values[index];
    }
    return values;
  }

  private static float[] floats(List<Double> values) {
    float[] floats = new float[values.size()];
    for (int index = 0; index < floats.length; index++) {
      floats[index] = values.get(index).floatValue();
    }
    return floats;
  }
}
