package dev.kasane.plugin.lora;

import static dev.kasane.plugin.lora.LoraOps.LORA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.spi.TargetLayer.Kind;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * DoRA (Liu et al. 2024, equation 5): W' = g · V / ‖V‖ with V = W + scale·B·A, so that directions and
 * magnitudes g are trained apart. ΔW = W' − W.
 *
 * <p>As in PEFT the norm is a constant to the gradients (section 4.3 of the paper), and no small number is
 * added to it. Magnitudes are one an output, (out, 1), as PEFT and newer LyCORIS have them, or one an input,
 * (1, in), as older LyCORIS; the shape tells. A strength other than 1 scales ΔW.
 */
final class DoraAdapter implements LayerAdapter {
  static final String MAGNITUDE = "dora_scale";

  private final TargetLayer layer;
  private final LoraFactors factors;
  private final NDArray magnitude;
  private final double alpha;
  private final LoraDropouts dropouts;
  private final LoraAdapter update;

  /**
   * @param layer the layer
   * @param factors the live factors, not in Tucker form
   * @param magnitude the live magnitudes, float32
   * @param alpha numerator of the scale of B·A
   * @param dropouts what is left out in training
   */
  DoraAdapter(TargetLayer layer, LoraFactors factors, NDArray magnitude, double alpha, LoraDropouts dropouts) {
    this.layer = layer;
    this.factors = factors;
    this.magnitude = magnitude;
    this.alpha = alpha;
    this.dropouts = dropouts;
    this.update = new LoraAdapter(layer, factors, alpha, new LoraDropouts(0, dropouts.hidden(), dropouts.rank(), 0));
  }

  @Override
  public TargetLayer layer() {
    return layer;
  }

  /** The magnitudes of a layer as it is, one an output: with these and B = 0 nothing changes. */
  static NDArray magnitudes(NDManager scope, TargetLayer layer, LoraFactors factors, double scale) {
    try (NDManager own = scope.newSubManager()) {
      NDArray norms = norms(own, layer, factors, scale, true);
      norms.attach(scope);
      return norms;
    }
  }

  private static NDArray norms(
      NDManager scope, TargetLayer layer, LoraFactors factors, double scale, boolean perOutput) {
    boolean linear = layer.kind() == Kind.LINEAR;
    long[] axes = perOutput ? (linear ? new long[] {1} : new long[] {1, 2, 3})
        : (linear ? new long[] {0} : new long[] {0, 2, 3});
    return LORA.norms(scope, layer.weight().materialise(scope), factors.down(), factors.up(), scale, axes);
  }

  private double scale() {
    return alpha / factors.rank();
  }

  private boolean isPerOutput() {
    return magnitude.getShape().get(0) == layer.outputs();
  }

  private NDArray ratio(NDManager scope) {
    return magnitude.div(norms(scope, layer, factors, scale(), isPerOutput()));
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    NDManager scope = x.getManager();
    LoraDropouts drops = phase == Phase.TRAINING ? dropouts : LoraDropouts.NONE;
    if (drops.skipsModule()) {
      return layer.apply(x, scope.zeros(layer.weight().shape()));
    }
    NDArray in = drops.onInput(x);
    if (!isPerOutput()) {
      return layer.apply(in, weightDelta(scope, multiplier));
    }
    try (NDManager own = scope.newSubManager()) {
      NDArray ratio = ratio(own);
      NDArray base = layer.apply(in, layer.weight().materialise(own));
      NDArray low = update.forward(in, 1, phase);
      NDArray change = LORA.rescale(base, low, ratio, multiplier,
          layer.kind() == Kind.CONV2D ? 1 : base.getShape().dimension() - 1);
      base.close();
      low.close();
      change.attach(scope);
      return change;
    }
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    try (NDManager own = scope.newSubManager()) {
      NDArray delta = LORA.rescaledDelta(own, layer.weight().materialise(own), factors.down(), factors.up(),
          ratio(own), scale());
      NDArray scaled = multiplier == 1 ? delta : Ops.scale(delta, multiplier);
      scaled.attach(scope);
      return scaled;
    }
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> tensors = new LinkedHashMap<>(factors.named());
    tensors.put(MAGNITUDE, magnitude);
    return tensors;
  }

  @Override
  public Map<String, Double> constants() {
    return update.constants();
  }

  @Override
  public Map<String, Double> facts() {
    return update.facts();
  }
}
