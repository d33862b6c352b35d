package dev.kasane.diffusion.demo.base;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.TorchScript;

/** The losses that the demo base is trained with. */
final class BaseLosses {
  private static final TorchScript SCRIPT = TorchScript.load(BaseLosses.class, "base.ts.py");

  private BaseLosses() {}

  /**
   * Draws latents from their distribution.
   *
   * @param moments (batch, 2·channels, height, width): means, logarithms of variances
   */
  static NDArray sampleLatents(NDArray moments) {
    return SCRIPT.call("sample_latents", moments);
  }

  /**
   * Reconstruction error of pixels and edges, and the divergence of the latents from a standard normal.
   *
   * @param decoded (batch, 3, height, width)
   * @param target the pictures, float32
   * @param moments of the latents
   * @param divergenceWeight weight of the divergence
   */
  static NDArray autoencoder(NDArray decoded, NDArray target, NDArray moments, double divergenceWeight) {
    return SCRIPT.call("autoencoder_loss", decoded, target, moments, divergenceWeight);
  }
}
