package dev.kasane.core.spi;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.Optional;

/**
 * A trained update of one layer, which it knows from the start.
 *
 * <p>Live use, merging and saving all follow from {@link #weightDelta}: what {@link #forward} adds to a
 * layer's output is the layer's operation with ΔW in place of W, and with {@link #biasDelta} in place of the
 * bias where a method has one.
 */
public interface LayerAdapter {
  /** The layer that it was attached to or restored on. */
  TargetLayer layer();

  /**
   * What the adapter adds to the layer's output.
   *
   * <p>The default rebuilds ΔW. A method with a cheaper way, such as LoRA's detour through the rank,
   * overrides it.
   *
   * @param x the layer's input
   * @param multiplier the user's strength, 1 for as trained
   * @param phase training adds dropout; inference does not
   * @return a tensor of the output's shape that the caller may not keep
   */
  default NDArray forward(NDArray x, double multiplier, Phase phase) {
    NDManager scope = x.getManager();
    return layer().apply(x, weightDelta(scope, multiplier), biasDelta(scope, multiplier).orElse(null));
  }

  /**
   * Adds what {@link #forward} returns to the layer's output, in place.
   *
   * <p>A method that can accumulate without a tensor of the output's size overrides it.
   *
   * @param y the layer's output so far; nothing else may hold it
   * @param x the layer's input
   * @param multiplier the user's strength, 1 for as trained
   * @param phase training adds dropout; inference does not
   * @return {@code y}, changed
   */
  default NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    try (NDArray delta = forward(x, multiplier, phase)) {
      return OPS.addScaled(y, delta, 1);
    }
  }

  /**
   * ΔW in the base weight's own layout, float32.
   *
   * @param scope owner of the result
   * @param multiplier the user's strength
   */
  NDArray weightDelta(NDManager scope, double multiplier);

  /**
   * What the adapter adds to the layer's bias, (out), float32. Nothing for most methods, and never anything
   * for a layer without a bias; an adapter that has something for it is refused here.
   *
   * @param scope owner of the result
   * @param multiplier the user's strength
   */
  default Optional<NDArray> biasDelta(NDManager scope, double multiplier) {
    return Optional.empty();
  }

  /**
   * The Frobenius norm of ΔW at strength 1.
   *
   * <p>The default builds ΔW. A method whose ΔW is a product of small matrices overrides it.
   *
   * @param scope owner of what is made on the way
   */
  default double deltaNorm(NDManager scope) {
    return weightDelta(scope, 1).norm().toFloatArray()[0];
  }

  /**
   * The parameters that are trained and, as a rule, saved, under the names that the community gives them, relative to
   * the layer: {@code lora_down.weight}. The tensors are the live ones.
   */
  Map<String, NDArray> tensors();

  /** Constants that are saved beside the tensors, such as {@code alpha}. */
  default Map<String, Double> constants() {
    return Map.of();
  }

  /**
   * What is saved for the layer: the parameters and constants, unless a method keeps more than it trains and
   * saves another form of the same ΔW, which it must restore.
   *
   * @return tensors that are the live ones, or the adapter's own until the next call
   */
  default AdapterModule saved() {
    return new AdapterModule(layer().path(), tensors(), constants());
  }

  /** Numbers that describe the adapter in reports: {@code rank}, {@code alpha}, {@code scale}. */
  default Map<String, Double> facts() {
    return constants();
  }

  /** Whether an adapter runs for training, with its dropouts, or not. */
  enum Phase {
    /** Dropouts are active. */
    TRAINING,
    /** Dropouts do nothing. */
    INFERENCE
  }
}
