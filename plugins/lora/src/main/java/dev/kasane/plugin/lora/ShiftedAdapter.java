package dev.kasane.plugin.lora;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DetourDropouts;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;

/**
 * A LoRA that starts as a part of the weight: ΔW = scale · (B·A − B₀·A₀), with A₀ and B₀ as they started.
 *
 * <p>PEFT takes the start off the base's weight, which then no other adapter fits. Here the base stays as it
 * is and the start is taken off the update, which is the same sum. For the same reason what is saved is
 * PEFT's conversion to a plain LoRA of twice the rank, A over A₀ and B beside −B₀: any tool opens it, on the
 * base as it was published.
 */
final class ShiftedAdapter extends PairAdapter {
  private final LowRank start;
  private final LoraAdapter now;
  private final LoraAdapter then;
  private AdapterModule saved;

  /**
   * @param layer the layer
   * @param factors the live parameters
   * @param scale rank and alpha
   * @param dropouts what is left out in training; the start is a part of the weight and never dropped
   * @param scope owner of the copy of the start
   */
  ShiftedAdapter(TargetLayer layer, LowRank factors, RankScale scale, DetourDropouts dropouts, NDManager scope) {
    super(layer, factors, scale);
    this.start = new LowRank(copy(factors.down(), scope), null, copy(factors.up(), scope));
    this.now = new LoraAdapter(layer, factors, scale, dropouts);
    this.then = new LoraAdapter(layer, start, scale, DetourDropouts.NONE);
  }

  private static NDArray copy(NDArray factor, NDManager scope) {
    NDArray copy = factor.duplicate();
    copy.attach(scope);
    return copy;
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    NDArray change = now.forward(x, multiplier, phase);
    try (NDArray taken = then.forward(x, multiplier, phase)) {
      return OPS.addScaled(change, taken, -1);
    }
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    NDArray delta = now.weightDelta(scope, multiplier);
    try (NDArray taken = then.weightDelta(scope, multiplier)) {
      return OPS.addScaled(delta, taken, -1);
    }
  }

  /** A plain LoRA of twice the rank and twice the alpha, the same ΔW on the same base. */
  @Override
  public AdapterModule saved() {
    if (saved != null) {
      saved.tensors().values().forEach(NDArray::close);
    }
    try (GradMode off = GradMode.off()) {
      saved = new AdapterModule(layer.path(), factors.less(start).named(), scale.times(2).constants());
    }
    return saved;
  }
}
