package dev.kasane.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.TorchScript;

/** Operators between the models of a picture pipeline. */
public interface PipelineOps {
  PipelineOps PIPELINE = TorchScript.bind(PipelineOps.class, "pipeline.ts.py");

  /**
   * Classifier-free guidance (Ho and Salimans 2022, equation 6).
   *
   * @param prediction (2·batch, …), the unconditional half first
   * @param guidance 1 for none
   */
  NDArray guide(NDArray prediction, double guidance);

  /**
   * Emphasis: scales tokens by their weights, then all of them so that their mean stays.
   *
   * @param tokens (chunks, tokens, width)
   * @param weights (chunks, tokens)
   */
  NDArray weighTokens(NDArray tokens, NDArray weights);

  /** (chunks, tokens, width) → (1, chunks·tokens, width). */
  NDArray joinChunks(NDArray tokens);

  /** (1, height, width, 3) bytes → (1, 3, height, width) in [−1, 1], float32. */
  NDArray toSigned(NDArray pixels);

  /** (1, 3, height, width) in about [−1, 1] → (1, height, width, 3) bytes. */
  NDArray toBytes(NDArray picture);

  /**
   * Draws latents from the encoder's distribution.
   *
   * @param moments (batch, 2·channels, height, width): means, logarithms of variances
   * @param noise (batch, channels, height, width)
   */
  NDArray drawLatents(NDArray moments, NDArray noise);
}
