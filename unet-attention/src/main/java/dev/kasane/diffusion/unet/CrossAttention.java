package dev.kasane.diffusion.unet;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;

/** Multi-head attention of picture tokens over themselves or over the text. */
final class CrossAttention extends Module {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Blocks<Linear> output;
  private final int heads;

  /**
   * @param width width of the picture tokens
   * @param contextWidth width of what is attended to
   * @param heads number of heads
   */
  CrossAttention(long width, long contextWidth, int heads) {
    query = child("to_q", new Linear(width, width, false));
    key = child("to_k", new Linear(contextWidth, width, false));
    value = child("to_v", new Linear(contextWidth, width, false));
    output = child("to_out", new Blocks<Linear>().add(new Linear(width, width, true)));
    this.heads = heads;
  }

  /**
   * @param x (batch, tokens, width)
   * @param context (batch, keys, contextWidth)
   */
  NDArray forward(NDArray x, NDArray context) {
    try (NDArray queries = query.forward(x);
        NDArray keys = key.forward(context);
        NDArray values = value.forward(context);
        NDArray attended = OPS.attention(queries, keys, values, heads, false)) {
      return output.get(0).forward(attended);
    }
  }
}
