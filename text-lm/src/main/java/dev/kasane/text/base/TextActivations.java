package dev.kasane.text.base;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.family.Activations;
import dev.kasane.text.model.Activation;
import dev.kasane.text.model.AttentionConfig;
import dev.kasane.text.model.BlockOrder;
import dev.kasane.text.model.DecoderConfig;
import dev.kasane.text.model.DecoderNames;
import dev.kasane.text.model.DecoderNames.Part;
import dev.kasane.text.model.DropoutRates;
import dev.kasane.text.model.FeedForwardConfig;
import dev.kasane.text.model.NormConfig;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What a language model keeps for backward, tensor by tensor, as the operators of {@code text.ts.py},
 * {@code ops.ts.py} and {@code lora.ts.py} leave it to libtorch. Frozen weights need no inputs, so a layer's input
 * is kept where an adapter reads it and nowhere else. For a token of a block there are
 *
 * <ul>
 *   <li>what each normalisation gets; RMS norms keep it in float32
 *   <li>what each adapter reads: both normalised values, attention's result, the activation's result
 *   <li>queries, keys and values, these repeated for every head of queries
 *   <li>attention's weights, where dropout or a cap on the scores rules out the fused attention that keeps none
 *   <li>what the activation keeps inside, and both factors of a gated product
 *   <li>which elements a dropout left out
 * </ul>
 *
 * <p>and after the blocks the scores, their logarithms and the gradients of both, three of these in float32. That
 * is the moment of the peak: backward frees what it has passed. In segments the states between the blocks stay, and
 * beside them the scores or, later, the inside of a single block. Blocks before the first adapter keep nothing. An
 * adapter's own narrow results, small beside all this, are left out.
 */
final class TextActivations {
  private static final int FLOAT_BYTES = 4;

  private final DecoderConfig config;
  private final DropoutRates dropouts;
  private final int length;
  private final Set<String> adapted;
  private final int size;

  private TextActivations(DecoderConfig config, DropoutRates dropouts, int length, Set<String> adapted, int size) {
    this.config = config;
    this.dropouts = dropouts;
    this.length = length;
    this.adapted = adapted;
    this.size = size;
  }

  /**
   * The rule for a model.
   *
   * @param config the model
   * @param dropouts what is left out of it in training
   * @param length tokens of a text
   */
  static Activations.Rule rule(DecoderConfig config, DropoutRates dropouts, int length) {
    return (Set<String> adapted, DataType type) ->
        new TextActivations(config, dropouts, length, adapted, type.getNumOfBytes()).reckon();
  }

  private Activations reckon() {
    long[] blocks = IntStream.range(firstWithGradients(), config.layers().count()).mapToLong(this::block).toArray();
    long states = (config.layers().count() + 1L) * config.width() * size;
    long largest = Math.max(head(), Arrays.stream(blocks).max().orElse(0));
    return new Activations(length * (LongStream.of(blocks).sum() + head()), length * (states + largest));
  }

  private int firstWithGradients() {
    DecoderNames names = config.names();
    if (Stream.of(Part.TOKENS, Part.POSITIONS, Part.PROJECT_IN).flatMap(part -> names.find(part).stream())
        .anyMatch(adapted::contains)) {
      return 0;
    }
    return IntStream.range(0, config.layers().count())
        .filter(number -> adapted.stream().anyMatch(path -> path.startsWith(prefix(number)))).findFirst()
        .orElse(config.layers().count());
  }

  private String prefix(int number) {
    return config.names().layers() + "." + number + ".";
  }

  private boolean anyAdapted(int block, Part... parts) {
    return Arrays.stream(parts).flatMap(part -> config.names().find(part).stream())
        .anyMatch(name -> adapted.contains(prefix(block) + name));
  }

  /** Bytes for a token of a block. */
  private long block(int number) {
    return norms(number) + attention() + feedForward(number)
        + (dropouts.residual() > 0 ? 2L * config.width() * size : 0);
  }

  private long norms(int number) {
    BlockOrder order = config.layers().order();
    int inputs = order == BlockOrder.AROUND ? 4 : order == BlockOrder.PARALLEL ? 1 : 2;
    int read = (anyAdapted(number, Part.QUERY, Part.KEY, Part.VALUE) ? 1 : 0)
        + (anyAdapted(number, Part.GATE, Part.UP) ? 1 : 0);
    // The block's result stays as the state after it, and is what the next norm gets.
    long inside = isCopied() ? (long) inputs * FLOAT_BYTES : (inputs - 1L) * size;
    return config.width() * (size + inside + (long) read * size);
  }

  /** Whether a norm keeps a float32 copy of what it gets. */
  private boolean isCopied() {
    return size < FLOAT_BYTES && config.norm().kind() != NormConfig.Kind.LAYER;
  }

  private long attention() {
    AttentionConfig attention = config.attention();
    boolean dropped = dropouts.attention() > 0;
    boolean capped = attention.softCap() > 0;
    // Without fused attention libtorch computes in float32 where weights are left out.
    int inner = dropped && !capped ? FLOAT_BYTES : size;
    long weight = 0;
    if (capped) {
      weight = size + FLOAT_BYTES + (dropped ? 2L * size : size < FLOAT_BYTES ? size : 0);
    } else if (dropped) {
      weight = 3L * FLOAT_BYTES;
    }
    long fused = weight == 0 ? FLOAT_BYTES : 0;
    return attention.queryWidth() * (3L * inner + size) + attention.heads().queries() * (weight * length + fused);
  }

  private long feedForward(int number) {
    FeedForwardConfig feedForward = config.feedForward();
    boolean kept = anyAdapted(number, Part.DOWN)
        || !feedForward.gated() && feedForward.activation() == Activation.RELU;
    return (long) feedForward.width() * size
        * (inside(feedForward.activation()) + (feedForward.gated() ? 2 : 0) + (kept ? 1 : 0));
  }

  /** How many values of the feed-forward's width an activation keeps beside its result. */
  private static int inside(Activation activation) {
    return switch (activation) {
      case RELU -> 0;
      case SILU, GELU -> 1;
      case QUICK_GELU -> 2;
      // x, the cubic's factor, the tangent, half of x, one more than the tangent.
      case GELU_TANH -> 5;
    };
  }

  /** Bytes for a token after the blocks. */
  private long head() {
    long features = config.width() * ((isCopied() ? FLOAT_BYTES : 0L) + size + size);
    long score = size + 3L * FLOAT_BYTES + (config.head().cap() > 0 ? size : 0);
    return features + config.vocabularySize() * score;
  }
}
