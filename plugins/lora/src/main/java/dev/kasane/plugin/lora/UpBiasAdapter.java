package dev.kasane.plugin.lora;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.DetourDropouts;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.spi.TargetLayer.Kind;
import java.util.Map;
import java.util.Optional;

/**
 * A LoRA whose second factor has a bias of its own, as those have that were extracted from a tuned model (PEFT's
 * {@code lora_bias}): y = W·x + scale · (B·A·x + b). It is restored, never trained.
 */
final class UpBiasAdapter extends PairAdapter {
  private final NDArray bias;
  private final LoraAdapter update;

  /**
   * @param layer the layer
   * @param factors the factors
   * @param bias (out), float32
   * @param scale rank and alpha of all three
   */
  UpBiasAdapter(TargetLayer layer, LowRank factors, NDArray bias, RankScale scale) {
    super(layer, factors, scale);
    this.bias = bias;
    this.update = new LoraAdapter(layer, factors, scale, DetourDropouts.NONE);
  }

  private NDArray shift(NDManager scope, double multiplier) {
    NDArray shift = OPS.scale(bias, multiplier * scale.alpha() / scale.rank());
    shift.attach(scope);
    return shift;
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    NDArray change = update.forward(x, multiplier, phase);
    try (NDManager own = x.getManager().newSubManager()) {
      NDArray shift = OPS.castLike(shift(own, multiplier), change);
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
    return tensorsAnd(LoraNames.UP_BIAS, bias);
  }
}
