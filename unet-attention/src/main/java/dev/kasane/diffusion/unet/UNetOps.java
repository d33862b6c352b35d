package dev.kasane.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.TorchScript;

/** Operators that only the U-Net and the VAE need. */
public interface UNetOps {
  UNetOps UNET = TorchScript.bind(UNetOps.class, "unet.ts.py");

  /**
   * Sinusoidal embedding of timesteps.
   *
   * @param timesteps (batch), any number type
   * @param width size of an embedding
   * @param flip cosines first
   * @param shift taken from the number of frequencies in the divisor
   * @return (batch, width), float32
   */
  NDArray timestepEmbedding(NDArray timesteps, int width, boolean flip, double shift);

  /** Adds (batch, channels) at every position of (batch, channels, height, width), in place. */
  void addTime(NDArray hidden, NDArray time);

  /** Joins two tensors along the channels. */
  NDArray concatChannels(NDArray x, NDArray skip);

  /** (batch, channels, height, width) → (batch, height·width, channels). */
  NDArray toTokens(NDArray x);

  /** (batch, height·width, channels) → (batch, channels, height, width). */
  NDArray fromTokens(NDArray x, long height, long width);
}
