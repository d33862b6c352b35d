package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Linear;
import java.util.Arrays;
import java.util.List;

/** The two or three layers that work on each token by itself. */
final class FeedForward {
  private final Linear gate;
  private final Linear up;
  private final Linear down;
  private final Activation activation;

  /** Makes the layers and places them in the decoder layer's tree. */
  FeedForward(ModuleTree tree, DecoderConfig decoder) {
    FeedForwardConfig config = decoder.feedForward();
    DecoderNames.Layer names = decoder.names().layer();
    activation = config.activation();
    gate = config.gated() ? tree.place(names.gate(), in(decoder)) : null;
    up = tree.place(names.up(), in(decoder));
    down = tree.place(names.down(), new Linear(config.width(), decoder.width(), config.bias()));
  }

  private static Linear in(DecoderConfig decoder) {
    return new Linear(decoder.width(), decoder.feedForward().width(), decoder.feedForward().bias());
  }

  /** Gate, or null without one, up and down. */
  List<Linear> projections() {
    return Arrays.asList(gate, up, down);
  }

  NDArray forward(NDArray x) {
    try (NDArray wide = up.forward(x); NDArray inner = inner(x, wide)) {
      return down.forward(inner);
    }
  }

  private NDArray inner(NDArray x, NDArray wide) {
    if (gate == null) {
      return TextOps.activate(wide, activation);
    }
    try (NDArray opening = gate.forward(x)) {
      return TextOps.gated(opening, wide, activation);
    }
  }
}
