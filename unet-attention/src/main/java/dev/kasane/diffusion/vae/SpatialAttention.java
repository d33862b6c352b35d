package dev.kasane.diffusion.vae;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.unet.UNetOps.UNET;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;

/** Single-headed attention of a feature map over itself, with a residual connection. */
final class SpatialAttention extends Module {
  private final GroupNorm norm;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Blocks<Linear> output;

  SpatialAttention(long channels, int groups) {
    norm = child("group_norm", new GroupNorm(groups, channels, 1e-6));
    query = child("to_q", new Linear(channels, channels, true));
    key = child("to_k", new Linear(channels, channels, true));
    value = child("to_v", new Linear(channels, channels, true));
    output = child("to_out", new Blocks<Linear>().add(new Linear(channels, channels, true)));
  }

  NDArray forward(NDArray x) {
    Shape shape = x.getShape();
    try (NDArray normed = norm.forward(x);
        NDArray tokens = UNET.toTokens(normed);
        NDArray attended = attended(tokens);
        NDArray out = output.get(0).forward(attended)) {
      return OPS.addScaled(UNET.fromTokens(out, shape.get(2), shape.get(3)), x, 1);
    }
  }

  private NDArray attended(NDArray tokens) {
    try (NDArray queries = query.forward(tokens);
        NDArray keys = key.forward(tokens);
        NDArray values = value.forward(tokens)) {
      return OPS.attention(queries, keys, values, 1, false);
    }
  }
}
