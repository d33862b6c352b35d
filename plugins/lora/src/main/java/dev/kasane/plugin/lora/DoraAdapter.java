package dev.kasane.plugin.lora;

import static dev.kasane.core.lowrank.LowRankOps.LOW_RANK;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DetourDropouts;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.spi.TargetLayer.Kind;
import java.util.Map;

/**
 * DoRA (Liu et al. 2024, equation 5): W' = g · V / ‖V‖ with V = W + scale·B·A, so that directions and
 * magnitudes g are trained apart. ΔW = W' − W.
 *
 * <p>A strength other than 1 scales ΔW.
 */
final class DoraAdapter extends PairAdapter {
  private final Magnitudes magnitudes;
  private final DetourDropouts dropouts;
  private final LoraAdapter update;

  /**
   * @param layer the layer
   * @param factors the live factors, not in Tucker form
   * @param magnitudes the live magnitudes
   * @param scale rank and alpha of B·A
   * @param dropouts what is left out in training
   */
  DoraAdapter(TargetLayer layer, LowRank factors, Magnitudes magnitudes, RankScale scale, DetourDropouts dropouts) {
    super(layer, factors, scale);
    this.magnitudes = magnitudes;
    this.dropouts = dropouts;
    this.update = new LoraAdapter(layer, factors, scale, new DetourDropouts(0, dropouts.hidden(), dropouts.rank(), 0));
  }

  private NDArray ratio(NDManager scope) {
    return magnitudes.ratio(scope, layer, factors, scale.factor());
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    NDManager scope = x.getManager();
    DetourDropouts drops = phase == Phase.TRAINING ? dropouts : DetourDropouts.NONE;
    if (drops.skipsModule()) {
      return layer.apply(x, scope.zeros(layer.weight().shape()));
    }
    NDArray in = drops.onInput(x);
    if (!magnitudes.perOutput()) {
      return layer.apply(in, weightDelta(scope, multiplier));
    }
    try (NDManager own = scope.newSubManager()) {
      NDArray ratio = ratio(own);
      NDArray base = layer.apply(in, layer.weight().materialise(own));
      NDArray low = update.forward(in, 1, phase);
      NDArray change = LOW_RANK.rescale(base, low, ratio, multiplier,
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
      NDArray delta = LOW_RANK.rescaledDelta(own, layer.weight().materialise(own), factors.down(), factors.up(),
          ratio(own), scale.factor());
      NDArray scaled = multiplier == 1 ? delta : OPS.scale(delta, multiplier);
      scaled.attach(scope);
      return scaled;
    }
  }

  @Override
  public Map<String, NDArray> tensors() {
    return tensorsAnd(LoraNames.MAGNITUDE, magnitudes.values());
  }
}
