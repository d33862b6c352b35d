package dev.kasane.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.TorchScript;

/** Operators between the models of a picture pipeline. */
public final class PipelineOps {
  private static final TorchScript SCRIPT = TorchScript.load(PipelineOps.class, "pipeline.ts.py");

  private PipelineOps() {}

  /**
   * Classifier-free guidance (Ho and Salimans 2022, equation 6).
   *
   * @param prediction (2·batch, …), the unconditional half first
   * @param guidance 1 for none
   */
  static NDArray guide(NDArray prediction, double guidance) {
    return SCRIPT.call("guide", prediction, guidance);
  }

  /**
   * Emphasis: scales tokens by their weights, then all of them so that their mean stays.
   *
   * @param tokens (chunks, tokens, width)
   * @param weights (chunks, tokens)
   */
  static NDArray weighTokens(NDArray tokens, NDArray weights) {
    return SCRIPT.call("weigh_tokens", tokens, weights);
  }

  /** (chunks, tokens, width) → (1, chunks·tokens, width). */
  static NDArray joinChunks(NDArray tokens) {
    return SCRIPT.call("join_chunks", tokens);
  }

  /** (1, height, width, 3) bytes → (1, 3, height, width) in [−1, 1], float32. */
  public static NDArray toSigned(NDArray pixels) {
    return SCRIPT.call("to_signed", pixels);
  }

  /** (1, 3, height, width) in about [−1, 1] → (1, height, width, 3) bytes. */
  static NDArray toBytes(NDArray picture) {
    return SCRIPT.call("to_bytes", picture);
  }

  /**
   * Draws latents from the encoder's distribution.
   *
   * @param moments (batch, 2·channels, height, width): means, logarithms of variances
   * @param noise (batch, channels, height, width)
   */
  public static NDArray drawLatents(NDArray moments, NDArray noise) {
    return SCRIPT.call("draw_latents", moments, noise);
  }
}
