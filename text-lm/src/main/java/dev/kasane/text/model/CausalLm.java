package dev.kasane.text.model;

import static dev.kasane.text.model.TextOps.TEXT;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A decoder-only language model of any family: token embedding, layers, head. Weights and layers have the
 * names that Hugging Face's library gives them.
 *
 * <p>It is built from a configuration alone and runs as a chain of {@link Segment}s. The state between them
 * is: hidden values (batch, tokens, width), cosines, sines, mask of layers that see everything, mask of layers
 * with a window.
 */
public final class CausalLm extends ModuleTree {
  /** The name under which adapters know the model. */
  public static final String COMPONENT = "model";

  private static final int HIDDEN = 0;
  private static final int COSINES = 1;
  private static final int SINES = 2;
  private static final int FULL_MASK = 3;
  private static final int WINDOW_MASK = 4;
  private static final int PLACES = 5;

  private final DecoderConfig config;
  private final DataType type;
  private final Masks masks;
  private final Dropouts dropouts;
  private final TokenInput input;
  private final List<DecoderLayer> layers = new ArrayList<>();
  private final TokenOutput output;

  /**
   * Builds the modules; weights come later.
   *
   * @param config the model's shape
   * @param type type of the computation: float32, float16 or bfloat16
   */
  public CausalLm(DecoderConfig config, DataType type) {
    this.config = config;
    this.type = type;
    dropouts = new Dropouts(config.dropouts());
    masks = new Masks(config.attention());
    input = new TokenInput(this, config, type);
    for (int i = 0; i < config.layers().count(); i++) {
      layers.add(place(config.names().layers() + "." + i, new DecoderLayer(config, i, dropouts)));
    }
    output = new TokenOutput(this, config, input.tokens());
  }

  /** The model's shape. */
  public DecoderConfig config() {
    return config;
  }

  /** The type of the computation. */
  public DataType type() {
    return type;
  }

  /**
   * Switches the model's own dropouts on for a pass of training or off, as they are at first. Passes with a cache
   * have none. What is left out follows from the seed of libtorch's generator.
   */
  public void training(boolean on) {
    dropouts.on(on);
  }

  /** Changes what is left out while training; at first that is {@link DecoderConfig#dropouts}. */
  public void dropouts(DropoutRates rates) {
    dropouts.rates(rates);
  }

  /**
   * Scores every token of a batch's successors in one pass.
   *
   * @param batch the tokens
   * @param scope owner of the result
   * @return (rows, tokens, vocabulary), in the model's type
   * @throws UserException when the text is longer than a table of positions
   */
  public NDArray logits(TokenBatch batch, NDManager scope) {
    try (NDManager inner = scope.newSubManager()) {
      NDList state = state(batch, inner);
      for (Segment segment : segments()) {
        NDArray before = state.get(HIDDEN);
        state = segment.forward(state);
        if (state.get(HIDDEN) != before) {
          before.close();
        }
      }
      NDArray scores = state.get(HIDDEN);
      scores.attach(scope);
      return scores;
    }
  }

  /** The first state of the chain. Tensors belong to {@code scope}. */
  public NDList state(TokenBatch batch, NDManager scope) {
    long[] positions = batch.positions();
    NDArray full = masks.whole(batch, 0, scope);
    int window = window();
    boolean cut = window > 0 && batch.length() > window;
    return state(batch, positions, full, cut ? masks.whole(batch, window, scope) : full, scope);
  }

  private NDList state(TokenBatch batch, long[] positions, NDArray full, NDArray windowed, NDManager scope) {
    Shape shape = new Shape(batch.rows(), batch.length());
    NDArray places = scope.create(positions, shape);
    TextOps.RotaryTable table = rotaryTable(positions, places);
    return new NDList(
        scope.create(batch.ids(), shape), table.cosines(), table.sines(), full, windowed, places);
  }

  private int window() {
    return config.attention().windows().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  private TextOps.RotaryTable rotaryTable(long[] positions, NDArray places) {
    long length = Arrays.stream(positions).max().orElse(0) + 1;
    if (config.positions() instanceof PositionConfig.Rotary rotary) {
      float[] frequencies = rotary.scaling().frequencies(rotary.width(), rotary.base(), length);
      try (NDArray angles = places.getManager().create(frequencies)) {
        return TEXT.rotaryTable(places, angles, rotary.scaling().amplitude(), type);
      }
    }
    if (length > config.positions().trained()) {
      throw new UserException("The text has " + length + " tokens, but this " + config.family()
          + " model knows " + config.positions().trained() + " positions. Shorten it.");
    }
    NDArray absent = TextOps.absent(places.getManager());
    return new TextOps.RotaryTable(absent, absent);
  }

  /** The whole chain; the first entry of the last state holds the scores. */
  public List<Segment> segments() {
    List<Segment> chain = new ArrayList<>(bodySegments());
    chain.add(state -> new NDList(scores(state.get(HIDDEN))));
    return chain;
  }

  /** The chain without the head; the first entry of the last state is what {@link #scores} takes. */
  public List<Segment> bodySegments() {
    List<Segment> chain = new ArrayList<>();
    chain.add(this::enter);
    for (int i = 0; i < layers.size(); i++) {
      int number = i;
      chain.add(state -> advance(state, number));
    }
    chain.add(state -> new NDList(output.features(state.get(HIDDEN))));
    return chain;
  }

  /**
   * The head: a score for every token of the vocabulary.
   *
   * @param features (…, embedding width) at the positions wanted
   */
  public NDArray scores(NDArray features) {
    return output.scores(features);
  }

  private NDList enter(NDList state) {
    NDList next = new NDList(state.subList(0, PLACES));
    next.set(HIDDEN, dropouts.onEmbedding(input.forward(state.get(HIDDEN), state.get(PLACES))));
    return next;
  }

  private NDList advance(NDList state, int number) {
    NDList next = new NDList(state);
    next.set(HIDDEN, layers.get(number).forward(state.get(HIDDEN), layerInput(state, number), null));
    return next;
  }

  private LayerInput layerInput(NDList state, int number) {
    boolean windowed = config.attention().windows().get(number) > 0;
    return new LayerInput(
        state.get(COSINES), state.get(SINES), state.get(windowed ? WINDOW_MASK : FULL_MASK));
  }

  /**
   * Memory for continuing texts.
   *
   * @param rows how many at a time
   * @param capacity tokens of the longest, what is generated included
   * @param parent parent of the manager that owns it
   */
  public KeyValueCache newCache(int rows, int capacity, NDManager parent) {
    return new KeyValueCache(config.attention(), rows, capacity, type, parent);
  }

  /**
   * Reads more tokens of the texts in a cache, without gradients.
   *
   * @param batch at most {@link KeyValueCache#chunk} tokens a row
   * @param cache what came before; it gets the new tokens
   * @param scope owner of the result
   * @return (rows, tokens, vocabulary)
   */
  public NDArray logits(TokenBatch batch, KeyValueCache cache, NDManager scope) {
    return continued(batch, cache, false, scope);
  }

  /** As {@link #logits(TokenBatch, KeyValueCache, NDManager)}, the last token of each row only. */
  public NDArray lastLogits(TokenBatch batch, KeyValueCache cache, NDManager scope) {
    return continued(batch, cache, true, scope);
  }

  private NDArray continued(TokenBatch batch, KeyValueCache cache, boolean last, NDManager scope) {
    try (NDManager inner = scope.newSubManager()) {
      NDList state = cachedState(batch, cache, inner);
      NDArray hidden = input.forward(state.get(HIDDEN), state.get(PLACES));
      for (int i = 0; i < layers.size(); i++) {
        NDArray before = hidden;
        hidden = layers.get(i).forward(before, layerInput(state, i), cache.layer(i));
        before.close();
      }
      cache.advance(batch.length());
      NDArray wanted = last ? TEXT.lastToken(hidden) : hidden;
      NDArray scores = scores(output.features(wanted));
      scores.attach(scope);
      return scores;
    }
  }

  private NDList cachedState(TokenBatch batch, KeyValueCache cache, NDManager scope) {
    long[] positions = cache.accept(batch);
    NDArray[] made = {null, null};
    for (LayerCache layer : cache.layers()) {
      int kind = layer.window() > 0 ? 1 : 0;
      if (made[kind] == null) {
        made[kind] = masks.continued(batch, cache, layer, scope);
      }
    }
    NDArray full = made[0] == null ? TextOps.absent(scope) : made[0];
    return state(batch, positions, full, made[1] == null ? full : made[1], scope);
  }
}
