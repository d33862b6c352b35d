package dev.kasane.diffusion.clip;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.LayerNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;

/** One layer of the text encoder: causal attention and a feed-forward, normalised before each. */
final class ClipLayer extends Module {
  private final Attention attention;
  private final LayerNorm norm1;
  private final Mlp mlp;
  private final LayerNorm norm2;

  ClipLayer(ClipConfig config) {
    attention = child("self_attn", new Attention(config));
    norm1 = child("layer_norm1", new LayerNorm(config.width(), config.epsilon()));
    mlp = child("mlp", new Mlp(config));
    norm2 = child("layer_norm2", new LayerNorm(config.width(), config.epsilon()));
  }

  NDArray forward(NDArray x) {
    NDArray hidden = OPS.addScaled(attention.forward(norm1.forward(x)), x, 1);
    return OPS.addScaled(mlp.forward(norm2.forward(hidden)), hidden, 1);
  }

  private static final class Attention extends Module {
    private final Linear key;
    private final Linear value;
    private final Linear query;
    private final Linear output;
    private final int heads;

    Attention(ClipConfig config) {
      key = child("k_proj", new Linear(config.width(), config.width(), true));
      value = child("v_proj", new Linear(config.width(), config.width(), true));
      query = child("q_proj", new Linear(config.width(), config.width(), true));
      output = child("out_proj", new Linear(config.width(), config.width(), true));
      heads = config.heads();
    }

    NDArray forward(NDArray x) {
      return output.forward(
          OPS.attention(query.forward(x), key.forward(x), value.forward(x), heads, true));
    }
  }

  private static final class Mlp extends Module {
    private final Linear in;
    private final Linear out;
    private final boolean quickGelu;

    Mlp(ClipConfig config) {
      in = child("fc1", new Linear(config.width(), config.feedForwardWidth(), true));
      out = child("fc2", new Linear(config.feedForwardWidth(), config.width(), true));
      quickGelu = config.quickGelu();
    }

    NDArray forward(NDArray x) {
      NDArray hidden = in.forward(x);
      return out.forward(quickGelu ? OPS.quickGelu(hidden) : OPS.gelu(hidden));
    }
  }
}
