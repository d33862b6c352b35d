package dev.kasane.diffusion.unet;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.unet.UNetOps.UNET;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.diffusion.unet.UNetConfig.Level;

/** Transformer blocks over the positions of a feature map, with a residual connection around all. */
final class SpatialTransformer extends Module {
  private final GroupNorm norm;
  private final AdaptableLayer projectionIn;
  private final Blocks<TransformerBlock> blocks;
  private final AdaptableLayer projectionOut;
  private final boolean linear;

  /** The transformer of a resolution. */
  SpatialTransformer(UNetConfig config, int level) {
    Level here = config.levels().get(level);
    long channels = here.channels();
    linear = config.linearProjection();
    norm = child("norm", new GroupNorm(config.norms().groups(), channels, 1e-6));
    projectionIn = child("proj_in", projection(channels));
    blocks = child("transformer_blocks", new Blocks<>());
    for (int i = 0; i < here.transformerDepth(); i++) {
      blocks.add(new TransformerBlock(channels, config.crossAttentionWidth(), here.heads()));
    }
    projectionOut = child("proj_out", projection(channels));
  }

  private AdaptableLayer projection(long channels) {
    return linear ? new Linear(channels, channels, true) : new Conv2d(channels, channels, 1, 1, 0);
  }

  NDArray forward(NDArray x, NDArray context) {
    Shape shape = x.getShape();
    NDArray hidden = enter(x);
    for (TransformerBlock block : blocks.list()) {
      try (NDArray before = hidden) {
        hidden = block.forward(before, context);
      }
    }
    try (NDArray tokens = hidden) {
      return OPS.addScaled(leave(tokens, shape.get(2), shape.get(3)), x, 1);
    }
  }

  private NDArray enter(NDArray x) {
    try (NDArray normed = norm.forward(x);
        NDArray first = linear ? UNET.toTokens(normed) : projectionIn.forward(normed)) {
      return linear ? projectionIn.forward(first) : UNET.toTokens(first);
    }
  }

  private NDArray leave(NDArray tokens, long height, long width) {
    try (NDArray first = linear ? projectionOut.forward(tokens) : UNET.fromTokens(tokens, height, width)) {
      return linear ? UNET.fromTokens(first, height, width) : projectionOut.forward(first);
    }
  }
}
