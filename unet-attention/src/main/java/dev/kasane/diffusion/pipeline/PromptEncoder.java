package dev.kasane.diffusion.pipeline;

import static dev.kasane.diffusion.pipeline.PipelineOps.PIPELINE;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.diffusion.clip.tokenizer.EncodedPrompt;
import dev.kasane.diffusion.clip.tokenizer.PromptChunks;
import java.util.List;

/** Prompts with emphasis and of any length → what the U-Net attends to. */
public final class PromptEncoder {
  private final ImageModel model;
  private final PromptChunks chunks;
  private final int clipSkip;

  /**
   * @param model the base
   * @param clipSkip layers of the text encoder to leave out at the end, 0 for none
   */
  public PromptEncoder(ImageModel model, int clipSkip) {
    this.model = model;
    this.chunks = new PromptChunks(model.tokenizer());
    this.clipSkip = clipSkip;
  }

  /**
   * Encodes one prompt.
   *
   * @param prompt the text, with {@code (emphasis:1.2)} and {@code BREAK}
   * @param scope owner of the result
   * @return (1, 77·chunks, width)
   */
  public NDArray encode(String prompt, NDManager scope) {
    return encode(chunks.encode(prompt), scope);
  }

  /**
   * Encodes a training caption: brackets are part of it, as in the tag {@code saber (fate)}, and weigh nothing.
   *
   * @param caption the text
   * @param scope owner of the result
   * @return (1, 77·chunks, width)
   */
  public NDArray encodeCaption(String caption, NDManager scope) {
    return encode(chunks.encodeLiterally(caption), scope);
  }

  /**
   * Encodes a prompt and its negative to the same length.
   *
   * @return (2, 77·chunks, width), the negative first
   */
  public NDArray encodePair(String prompt, String negative, NDManager scope) {
    List<EncodedPrompt> pair = chunks.alignLengths(chunks.encode(prompt), chunks.encode(negative));
    NDArray conditional = encode(pair.get(0), scope);
    return encode(pair.get(1), scope).concat(conditional, 0);
  }

  private NDArray encode(EncodedPrompt prompt, NDManager scope) {
    NDArray tokens = model.textEncoder().forward(ids(prompt, scope), model.words(), clipSkip, model.type());
    if (prompt.isWeighted()) {
      tokens = PIPELINE.weighTokens(tokens, weights(prompt, scope));
    }
    return PIPELINE.joinChunks(tokens);
  }

  private static NDArray ids(EncodedPrompt prompt, NDManager scope) {
    int[][] rows = prompt.ids();
    long[] flat = new long[rows.length * rows[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = rows[i / rows[0].length][i % rows[0].length];
    }
    return scope.create(flat, new Shape(rows.length, rows[0].length));
  }

  private static NDArray weights(EncodedPrompt prompt, NDManager scope) {
    float[][] rows = prompt.weights();
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = rows[i / rows[0].length][i % rows[0].length];
    }
    return scope.create(flat, new Shape(rows.length, rows[0].length));
  }
}
