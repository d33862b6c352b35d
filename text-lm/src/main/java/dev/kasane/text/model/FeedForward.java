package dev.kasane.text.model;

import static dev.kasane.text.model.TextOps.TEXT;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Linear;
import dev.kasane.text.model.DecoderNames.Part;

/** The two or three layers that work on each token by itself. */
final class FeedForward {
  private final Linear gate;
  private final Linear up;
  private final Linear down;
  private final Activation activation;

  /** Makes the layers and places them in the decoder layer's tree. */
  FeedForward(ModuleTree tree, DecoderConfig decoder) {
    FeedForwardConfig config = decoder.feedForward();
    DecoderNames names = decoder.names();
    activation = config.activation();
    gate = config.gated() ? tree.place(names.of(Part.GATE), in(decoder)) : null;
    up = tree.place(names.of(Part.UP), in(decoder));
    down = tree.place(names.of(Part.DOWN), new Linear(config.width(), decoder.width(), config.bias()));
  }

  private static Linear in(DecoderConfig decoder) {
    return new Linear(decoder.width(), decoder.feedForward().width(), decoder.feedForward().bias());
  }

  /** The gate, or null without one. */
  Linear gate() {
    return gate;
  }

  /** The way in. */
  Linear up() {
    return up;
  }

  /** The way out. */
  Linear down() {
    return down;
  }

  NDArray forward(NDArray x) {
    try (NDArray wide = up.forward(x); NDArray inner = inner(x, wide)) {
      return down.forward(inner);
    }
  }

  private NDArray inner(NDArray x, NDArray wide) {
    if (gate == null) {
      return TEXT.activate(wide, activation);
    }
    try (NDArray opening = gate.forward(x)) {
      return TEXT.gated(opening, wide, activation);
    }
  }
}
