package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * The forward process of a diffusion model: x(t) = √ᾱ(t)·x₀ + √(1 − ᾱ(t))·ε for training timesteps
 * t = 0 … T−1 (Ho et al., 2020, equation 4).
 *
 * <p>Immutable and safe to share between threads. Methods that take timesteps accept one for the whole batch
 * or one a picture, and throw {@link IllegalArgumentException} for any other number of them and for timesteps
 * outside 0 … T−1.
 */
public final class NoiseSchedule {
  private final float[] betas;
  private final float[] alphasCumprod;

  private NoiseSchedule(float[] betas) {
    this.betas = betas;
    this.alphasCumprod = BetaTables.cumulativeAlphas(betas);
  }

  /** The schedule that the given settings describe. */
  public static NoiseSchedule of(SchedulerConfig config) {
    return of(config.betas());
  }

  /** The schedule that the given settings describe. */
  public static NoiseSchedule of(BetaConfig config) {
    return new NoiseSchedule(BetaTables.betas(config));
  }

  /** Returns the number T of training timesteps. */
  public int trainTimesteps() {
    return betas.length;
  }

  /** Returns a copy of β, one a training timestep. */
  public float[] betas() {
    return betas.clone();
  }

  /** Returns a copy of ᾱ = ∏ (1 − β), one a training timestep, falling from nearly 1 towards 0. */
  public float[] alphasCumprod() {
    return alphasCumprod.clone();
  }

  /** Returns ᾱ at one training timestep. */
  public float alphaCumprod(int timestep) {
    if (timestep < 0 || timestep >= alphasCumprod.length) {
      throw new IllegalArgumentException(
          "timestep " + timestep + " is outside the schedule's 0 to " + (alphasCumprod.length - 1));
    }
    return alphasCumprod[timestep];
  }

  /**
   * Mixes noise into clean latents.
   *
   * @param latents clean latents, shape (N, …)
   * @param noise Gaussian noise ε of the same shape
   * @param timesteps one training timestep for all, or N of them
   * @return noisy latents, attached to the manager of {@code latents}
   */
  public NDArray addNoise(NDArray latents, NDArray noise, int... timesteps) {
    return combine(latents, signal(timesteps), noise, noiseShare(timesteps));
  }

  /**
   * The velocity v = √ᾱ·ε − √(1 − ᾱ)·x₀, the training target of v-prediction.
   *
   * @param latents clean latents, shape (N, …)
   * @param noise the noise ε that was mixed in, of the same shape
   * @param timesteps one training timestep for all, or N of them
   * @return velocities, attached to the manager of {@code latents}
   */
  public NDArray velocity(NDArray latents, NDArray noise, int... timesteps) {
    return combine(latents, negated(noiseShare(timesteps)), noise, signal(timesteps));
  }

  /**
   * The signal-to-noise ratio ᾱ / (1 − ᾱ) at one training timestep, as min-SNR weighting needs it; 0 at the
   * last timestep of a schedule with zero terminal SNR.
   */
  public float snr(int timestep) {
    float alpha = alphaCumprod(timestep);
    float ratio = (float) Math.sqrt(alpha) / (float) Math.sqrt(1 - alpha);
    return ratio * ratio;
  }

  private float[] signal(int[] timesteps) {
    float[] shares = new float[timesteps.length];
    for (int index = 0; index < shares.length; index++) {
      shares[index] = (float) Math.sqrt(alphaCumprod(timesteps[index]));
    }
    return shares;
  }

  private float[] noiseShare(int[] timesteps) {
    float[] shares = new float[timesteps.length];
    for (int index = 0; index < shares.length; index++) {
      shares[index] = (float) Math.sqrt(1 - alphaCumprod(timesteps[index]));
    }
    return shares;
  }

  private static float[] negated(float[] values) {
    for (int index = 0; index < values.length; index++) {
      values[index] = -values[index];
    }
    return values;
  }

  private static NDArray combine(NDArray latents, float[] ofLatents, NDArray noise, float[] ofNoise) {
    requireSameShape(latents, noise);
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray first = latents.mul(perPicture(latents, ofLatents));
      NDArray sum = first.add(noise.mul(perPicture(latents, ofNoise)));
      sum.attach(latents.getManager());
      NDScope.unregister(sum);
      return sum;
    }
  }

  /** Factors as shape (N, 1, …), in the number format of the latents. */
  private static NDArray perPicture(NDArray latents, float[] factors) {
    Shape shape = latents.getShape();
    if (factors.length != 1 && factors.length != shape.get(0)) {
      throw new IllegalArgumentException(
          factors.length + " timesteps for latents " + shape + ": expected 1 or " + shape.get(0));
    }
    long[] dimensions = new long[shape.dimension()];
    Arrays.fill(dimensions, 1);
    dimensions[0] = factors.length;
    NDManager manager = latents.getManager();
    DataType type = latents.getDataType();
    return manager.create(factors, new Shape(dimensions)).toType(type, false);
  }

  private static void requireSameShape(NDArray latents, NDArray noise) {
    if (!latents.getShape().equals(noise.getShape())) {
      throw new IllegalArgumentException(
          "noise of shape " + noise.getShape() + " for latents of shape " + latents.getShape());
    }
  }
}
