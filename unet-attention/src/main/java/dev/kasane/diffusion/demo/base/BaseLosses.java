package dev.kasane.diffusion.demo.base;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.TorchScript;

/** The losses that the demo base is trained with. */
interface BaseLosses {
  BaseLosses LOSSES = TorchScript.bind(BaseLosses.class, "base.ts.py");

  /**
   * Draws latents from their distribution.
   *
   * @param moments (batch, 2·channels, height, width): means, logarithms of variances
   */
  NDArray sampleLatents(NDArray moments);

  /**
   * Reconstruction error of pixels and edges, and the divergence of the latents from a standard normal.
   *
   * @param decoded (batch, 3, height, width)
   * @param target the pictures, float32
   * @param moments of the latents
   * @param divergenceWeight weight of the divergence
   */
  NDArray autoencoder(NDArray decoded, NDArray target, NDArray moments, double divergenceWeight);
}
