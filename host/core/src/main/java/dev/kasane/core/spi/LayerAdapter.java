package dev.kasane.core.spi;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * A trained update of one layer, which it knows from the start.
 *
 * <p>Live use, merging and saving all follow from {@link #weightDelta}: what {@link #forward} adds to a
 * layer's output is the layer's operation with ΔW in place of W, and with {@link #biasDelta} in place of the
 * bias where a method has one.
 */
public interface LayerAdapter extends LayerDelta, LiveUpdate {
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

  /** {@inheritDoc} A method that can accumulate without a tensor of the output's size overrides it. */
  @Override
  default NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    try (NDArray delta = forward(x, multiplier, phase)) {
      return OPS.addScaled(y, delta, 1);
    }
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
}
