package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;

/**
 * The shares of signal and noise at one moment, x = signal·x₀ + noise·ε with signal² + noise² = 1, and what
 * follows from a model's output there.
 *
 * @param signal √ᾱ
 * @param noise √(1 − ᾱ)
 */
record NoiseLevel(float signal, float noise) {

  static NoiseLevel ofAlphaCumprod(float alpha) {
    return new NoiseLevel((float) Math.sqrt(alpha), (float) Math.sqrt(1 - alpha));
  }

  /** The level at which noise has σ times the standard deviation of the signal's factor. */
  static NoiseLevel ofSigma(float sigma) {
    float signal = 1 / (float) Math.sqrt(sigma * sigma + 1);
    return new NoiseLevel(signal, sigma * signal);
  }

  /** λ = ln(signal / noise), infinite where there is no noise. */
  float halfLogSnr() {
    return (float) Math.log(signal) - (float) Math.log(noise);
  }

  /** The clean latents that a model's output implies. */
  NDArray clean(PredictionType type, NDArray output, NDArray latents) {
    return switch (type) {
      case EPSILON -> latents.sub(output.mul(noise)).div(signal);
      case V_PREDICTION -> latents.mul(signal).sub(output.mul(noise));
      case SAMPLE -> output;
    };
  }

  /** The noise that a model's output implies. */
  NDArray epsilon(PredictionType type, NDArray output, NDArray latents) {
    return switch (type) {
      case EPSILON -> output;
      case V_PREDICTION -> output.mul(signal).add(latents.mul(noise));
      case SAMPLE -> latents.sub(output.mul(signal)).div(noise);
    };
  }

  NDArray mix(NDArray clean, NDArray epsilon) {
    return clean.mul(signal).add(epsilon.mul(noise));
  }
}
