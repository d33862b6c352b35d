package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.spi.TargetLayer.Kind;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A LoRA whose second factor has a bias of its own, as those have that were extracted from a tuned model (PEFT's
 * {@code lora_bias}): y = W·x + scale · (B·A·x + b). It is restored, never trained.
 */
final class UpBiasAdapter implements LayerAdapter {
  static final String UP_BIAS = "lora_up.bias";

  private final TargetLayer layer;
  private final LoraFactors factors;
  private final NDArray bias;
  private final double alpha;
  private final LoraAdapter update;

  /**
   * @param layer the layer
   * @param factors the factors
   * @param bias (out), float32
   * @param alpha numerator of the scale of all three
   */
  UpBiasAdapter(TargetLayer layer, LoraFactors factors, NDArray bias, double alpha) {
    this.layer = layer;
    this.factors = factors;
    this.bias = bias;
    this.alpha = alpha;
    this.update = new LoraAdapter(layer, factors, alpha, LoraDropouts.NONE);
  }

  @Override
  public TargetLayer layer() {
    return layer;
  }

  private NDArray shift(NDManager scope, double multiplier) {
    NDArray shift = Ops.scale(bias, multiplier * alpha / factors.rank());
    shift.attach(scope);
    return shift;
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    NDArray change = update.forward(x, multiplier, phase);
    try (NDManager own = x.getManager().newSubManager()) {
      NDArray shift = Ops.castLike(shift(own, multiplier), change);
      NDArray shifted = change.add(layer.kind() == Kind.CONV2D ? shift.reshape(1, -1, 1, 1) : shift);
      change.close();
      return shifted;
    }
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    return update.weightDelta(scope, multiplier);
  }

  /**
   * {@inheritDoc}
   *
   * @throws UserException for a layer without a bias, on which such an update can only lie beside the weight
   */
  @Override
  public Optional<NDArray> biasDelta(NDManager scope, double multiplier) {
    if (!layer.hasBias()) {
      throw new UserException("Layer " + layer.path() + " has no bias, but its update has one (lora_bias), which can be"
          + " added to nothing. Use the adapter unmerged.");
    }
    return Optional.of(shift(scope, multiplier));
  }

  @Override
  public double deltaNorm(NDManager scope) {
    return update.deltaNorm(scope);
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> tensors = new LinkedHashMap<>(factors.named());
    tensors.put(UP_BIAS, bias);
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
