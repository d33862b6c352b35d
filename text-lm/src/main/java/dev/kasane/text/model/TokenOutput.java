package dev.kasane.text.model;

import static dev.kasane.text.model.TextOps.TEXT;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Embedding;
import dev.kasane.core.module.Linear;
import dev.kasane.text.model.DecoderNames.Part;

/** From the last layer's output to a score for every token of the vocabulary. */
final class TokenOutput {
  private final Norm norm;
  private final Linear projection;
  private final Linear head;
  private final double cap;

  TokenOutput(ModuleTree tree, DecoderConfig config, Embedding tokens) {
    DecoderNames names = config.names();
    norm = config.head().normed() ? new Norm(tree, names.of(Part.NORM), config) : null;
    projection = config.tokens().width() == config.width() ? null
        : tree.place(names.of(Part.PROJECT_OUT), new Linear(config.width(), config.tokens().width(), false));
    head = tree.place(names.head(), config.head().tied() ? Linear.tiedTo(tokens)
        : new Linear(config.tokens().width(), config.vocabularySize(), false));
    cap = config.head().cap();
  }

  /** What the head gets: normalised, and in the embedding's width. May be {@code hidden} itself. */
  NDArray features(NDArray hidden) {
    if (norm == null) {
      return projection == null ? hidden : projection.forward(hidden);
    }
    NDArray normed = norm.forward(hidden);
    if (projection == null) {
      return normed;
    }
    try (normed) {
      return projection.forward(normed);
    }
  }

  NDArray scores(NDArray features) {
    NDArray scores = head.forward(features);
    if (cap == 0) {
      return scores;
    }
    try (scores) {
      return TEXT.softCap(scores, cap);
    }
  }
}
