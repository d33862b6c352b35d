package dev.kasane.diffusion.unet;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.LayerNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import java.util.function.UnaryOperator;

/** Self-attention, attention over the text and a gated feed-forward, each with a residual connection. */
final class TransformerBlock extends Module {
  private final LayerNorm norm1;
  private final CrossAttention attn1;
  private final LayerNorm norm2;
  private final CrossAttention attn2;
  private final LayerNorm norm3;
  private final FeedForward feedForward;

  TransformerBlock(long width, long contextWidth, int heads) {
    norm1 = child("norm1", new LayerNorm(width, 1e-5));
    attn1 = child("attn1", new CrossAttention(width, width, heads));
    norm2 = child("norm2", new LayerNorm(width, 1e-5));
    attn2 = child("attn2", new CrossAttention(width, contextWidth, heads));
    norm3 = child("norm3", new LayerNorm(width, 1e-5));
    feedForward = child("ff", new FeedForward(width));
  }

  NDArray forward(NDArray x, NDArray context) {
    try (NDArray seen = residual(x, norm1, normed -> attn1.forward(normed, normed));
        NDArray told = residual(seen, norm2, normed -> attn2.forward(normed, context))) {
      return residual(told, norm3, feedForward::forward);
    }
  }

  private static NDArray residual(NDArray x, LayerNorm norm, UnaryOperator<NDArray> branch) {
    try (NDArray normed = norm.forward(x)) {
      return OPS.addScaled(branch.apply(normed), x, 1);
    }
  }

  /** GEGLU (Shazeer 2020) of four times the width. */
  private static final class FeedForward extends Module {
    private final Linear in;
    private final Linear out;

    FeedForward(long width) {
      Gate gate = new Gate(width);
      in = gate.projection;
      out = new Linear(width * 4, width, true);
      child("net", new Blocks<Module>().add(0, gate).add(2, out));
    }

    NDArray forward(NDArray x) {
      try (NDArray gated = gated(x)) {
        return out.forward(gated);
      }
    }

    private NDArray gated(NDArray x) {
      try (NDArray wide = in.forward(x)) {
        return OPS.geglu(wide);
      }
    }
  }

  /** The first entry of {@code ff.net}, which the reference keeps one level deeper. */
  private static final class Gate extends Module {
    private final Linear projection;

    Gate(long width) {
      projection = child("proj", new Linear(width, width * 8, true));
    }
  }
}
