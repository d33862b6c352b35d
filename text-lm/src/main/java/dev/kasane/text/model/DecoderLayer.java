package dev.kasane.text.model;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.text.model.TextOps.TEXT;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.kasane.text.model.DecoderNames.Part;
import java.util.Optional;

/** One layer of a decoder: attention and feed-forward, each added to what came in. */
final class DecoderLayer extends ModuleTree {
  private final DecoderConfig config;
  private final Dropouts dropouts;
  private final SelfAttention attention;
  private final FeedForward feedForward;
  private final Norm attentionNorm;
  private final Norm attentionOutNorm;
  private final Norm feedForwardNorm;
  private final Norm feedForwardOutNorm;

  DecoderLayer(DecoderConfig config, int number, Dropouts dropouts) {
    this.config = config;
    this.dropouts = dropouts;
    DecoderNames names = config.names();
    boolean around = config.layers().order() == BlockOrder.AROUND;
    attention = new SelfAttention(this, config, number);
    feedForward = new FeedForward(this, config);
    attentionNorm = new Norm(this, names.of(Part.ATTENTION_NORM), config);
    attentionOutNorm = around ? new Norm(this, names.of(Part.ATTENTION_OUT_NORM), config) : null;
    feedForwardNorm = new Norm(this, names.of(Part.FEED_FORWARD_NORM), config);
    feedForwardOutNorm = around ? new Norm(this, names.of(Part.FEED_FORWARD_OUT_NORM), config) : null;
  }

  /**
   * @param x (batch, tokens, width); it is not changed
   * @param input positions and mask
   * @param cache what came before, or null
   */
  NDArray forward(NDArray x, LayerInput input, LayerCache cache) {
    // For one token calling the operators takes as long as what they do, so that all go in one call.
    Optional<TokenLayer> alone =
        cache != null && isToken(x) ? TokenLayer.of(this, cache.keys().getDevice()) : Optional.empty();
    return alone.isPresent()
        ? TEXT.tokenLayer(x, input, cache.keys(), cache.values(), cache.length(), attention.shape(), alone.get())
        : inPieces(x, input, cache);
  }

  private static boolean isToken(NDArray x) {
    return x.getShape().get(0) == 1 && x.getShape().get(1) == 1 && x.getDataType() == DataType.FLOAT32;
  }

  private NDArray inPieces(NDArray x, LayerInput input, LayerCache cache) {
    return switch (config.layers().order()) {
      case BEFORE -> {
        try (NDArray hidden = OPS.addScaled(attend(attentionNorm, x, input, cache), x, 1)) {
          yield OPS.addScaled(feed(feedForwardNorm, hidden, cache), hidden, 1);
        }
      }
      case AROUND -> {
        try (NDArray hidden = added(attend(attentionNorm, x, input, cache), attentionOutNorm, x)) {
          yield added(feed(feedForwardNorm, hidden, cache), feedForwardOutNorm, hidden);
        }
      }
      case AFTER -> {
        try (NDArray sum = OPS.addScaled(attend(x, input, cache), x, 1);
            NDArray hidden = attentionNorm.forward(sum);
            NDArray end = OPS.addScaled(feed(hidden, cache), hidden, 1)) {
          yield feedForwardNorm.forward(end);
        }
      }
      case PARALLEL -> {
        NDArray sum = attend(attentionNorm, x, input, cache);
        try (NDArray fed = feed(feedForwardNorm, x, cache)) {
          yield OPS.addScaled(OPS.addScaled(sum, fed, 1), x, 1);
        }
      }
    };
  }

  private NDArray attend(Norm norm, NDArray x, LayerInput input, LayerCache cache) {
    try (NDArray normed = norm.forward(x)) {
      return attend(normed, input, cache);
    }
  }

  private NDArray attend(NDArray normed, LayerInput input, LayerCache cache) {
    return cache == null ? dropouts.onResidual(attention.forward(normed, input, dropouts.attention()))
        : attention.forward(normed, input, cache);
  }

  private NDArray feed(Norm norm, NDArray x, LayerCache cache) {
    try (NDArray normed = norm.forward(x)) {
      return feed(normed, cache);
    }
  }

  private NDArray feed(NDArray normed, LayerCache cache) {
    return cache == null ? dropouts.onResidual(feedForward.forward(normed)) : feedForward.forward(normed);
  }

  private static NDArray added(NDArray branch, Norm norm, NDArray x) {
    try (branch) {
      return OPS.addScaled(norm.forward(branch), x, 1);
    }
  }

  DecoderConfig config() {
    return config;
  }

  SelfAttention attention() {
    return attention;
  }

  FeedForward feedForward() {
    return feedForward;
  }

  Norm attentionNorm() {
    return attentionNorm;
  }

  /** The one after the attention where there are both, else null. */
  Norm attentionOutNorm() {
    return attentionOutNorm;
  }

  Norm feedForwardNorm() {
    return feedForwardNorm;
  }

  /** The one after the feed-forward where there are both, else null. */
  Norm feedForwardOutNorm() {
    return feedForwardOutNorm;
  }
}
