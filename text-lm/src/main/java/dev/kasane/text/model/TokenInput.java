package dev.kasane.text.model;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.text.model.TextOps.TEXT;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.module.Embedding;
import dev.kasane.core.module.Linear;
import dev.kasane.text.model.DecoderNames.Part;

/** From token ids to the first layer's input. */
final class TokenInput {
  private final Embedding tokens;
  private final Embedding positions;
  private final Linear projection;
  private final int offset;
  private final double scale;
  private final DataType type;

  TokenInput(ModuleTree tree, DecoderConfig config, DataType type) {
    DecoderNames names = config.names();
    this.type = type;
    scale = config.tokens().scale();
    tokens = tree.place(names.tokens(), new Embedding(config.vocabularySize(), config.tokens().width()));
    if (config.positions() instanceof PositionConfig.Learned learned) {
      positions = tree.place(
          names.of(Part.POSITIONS), new Embedding(learned.trained() + learned.offset(), config.width()));
      offset = learned.offset();
    } else {
      positions = null;
      offset = 0;
    }
    projection = config.tokens().width() == config.width() ? null
        : tree.place(names.of(Part.PROJECT_IN), new Linear(config.tokens().width(), config.width(), false));
  }

  Embedding tokens() {
    return tokens;
  }

  /**
   * @param ids (batch, tokens)
   * @param places positions of the same shape
   */
  NDArray forward(NDArray ids, NDArray places) {
    NDArray hidden = OPS.cast(tokens.forward(ids), type);
    if (scale != 1) {
      hidden = TEXT.scaled(hidden, scale);
    }
    if (projection != null) {
      hidden = projection.forward(hidden);
    }
    if (positions == null) {
      return hidden;
    }
    try (NDArray rows = TEXT.shifted(places, offset); NDArray found = positions.forward(rows)) {
      return OPS.addScaled(hidden, found, 1);
    }
  }
}
