package dev.kasane.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.TorchScript;

/** Operators that only the U-Net and the VAE need. */
public final class UNetOps {
  private static final TorchScript SCRIPT = TorchScript.load(UNetOps.class, "unet.ts.py");

  private UNetOps() {}

  /**
   * Sinusoidal embedding of timesteps.
   *
   * @param timesteps (batch), any number type
   * @param width size of an embedding
   * @param flip cosines first
   * @param shift taken from the number of frequencies in the divisor
   * @return (batch, width), float32
   */
  static NDArray timestepEmbedding(NDArray timesteps, int width, boolean flip, double shift) {
    return SCRIPT.call("timestep_embedding", timesteps, width, flip, shift);
  }

  /** Adds (batch, channels) at every position of (batch, channels, height, width), in place. */
  static void addTime(NDArray hidden, NDArray time) {
    SCRIPT.call("add_time_", hidden, time).close();
  }

  /** Joins two tensors along the channels. */
  static NDArray concatChannels(NDArray x, NDArray skip) {
    return SCRIPT.call("concat_channels", x, skip);
  }

  /** (batch, channels, height, width) → (batch, height·width, channels). */
  public static NDArray toTokens(NDArray x) {
    return SCRIPT.call("to_tokens", x);
  }

  /** (batch, height·width, channels) → (batch, channels, height, width). */
  public static NDArray fromTokens(NDArray x, long height, long width) {
    return SCRIPT.call("from_tokens", x, height, width);
  }
}
