package dev.kasane.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.Ops;

/** Transformer blocks over the positions of a feature map, with a residual connection around all. */
final class SpatialTransformer extends Module {
  private final GroupNorm norm;
  private final AdaptableLayer projectionIn;
  private final Blocks<TransformerBlock> blocks;
  private final AdaptableLayer projectionOut;
  private final boolean linear;

  SpatialTransformer(long channels, long contextWidth, int heads, int groups, boolean linear) {
    this.linear = linear;
    norm = child("norm", new GroupNorm(groups, channels, 1e-6));
    projectionIn = child("proj_in", projection(channels));
    blocks = child("transformer_blocks", new Blocks<TransformerBlock>()
        .add(new TransformerBlock(channels, contextWidth, heads)));
    projectionOut = child("proj_out", projection(channels));
  }

  private AdaptableLayer projection(long channels) {
    return linear ? new Linear(channels, channels, true) : new Conv2d(channels, channels, 1, 1, 0);
  }

  NDArray forward(NDArray x, NDArray context) {
    Shape shape = x.getShape();
    NDArray hidden = norm.forward(x);
    hidden = linear
        ? projectionIn.forward(UNetOps.toTokens(hidden))
        : UNetOps.toTokens(projectionIn.forward(hidden));
    for (TransformerBlock block : blocks.list()) {
      hidden = block.forward(hidden, context);
    }
    hidden = linear ? projectionOut.forward(hidden) : hidden;
    hidden = UNetOps.fromTokens(hidden, shape.get(2), shape.get(3));
    hidden = linear ? hidden : projectionOut.forward(hidden);
    return Ops.addScaled(hidden, x, 1);
  }
}
