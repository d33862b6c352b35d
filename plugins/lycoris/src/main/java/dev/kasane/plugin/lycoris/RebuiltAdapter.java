package dev.kasane.plugin.lycoris;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;

/**
 * An adapter that rebuilds ΔW in every forward pass. A subclass says what ΔW is; live use, merging and
 * training follow. At strength 0 there is no update, whatever a method's formula says there.
 */
public abstract class RebuiltAdapter implements LayerAdapter {
  private final TargetLayer layer;
  private final DeltaDropouts dropouts;

  protected RebuiltAdapter(TargetLayer layer, DeltaDropouts dropouts) {
    this.layer = layer;
    this.dropouts = dropouts;
  }

  @Override
  public final TargetLayer layer() {
    return layer;
  }

  /**
   * ΔW in the layer's layout, float32, differentiable.
   *
   * @param scope owner of the result and of what it takes to get there
   * @param multiplier the strength, not 0
   * @param drops what is left out of this pass
   */
  protected abstract NDArray rebuild(NDManager scope, double multiplier, DeltaDropouts drops);

  @Override
  public final NDArray weightDelta(NDManager scope, double multiplier) {
    if (multiplier == 0) {
      return scope.zeros(layer.weight().shape());
    }
    try (NDManager own = scope.newSubManager()) {
      NDArray delta = rebuild(own, multiplier, DeltaDropouts.NONE);
      delta.attach(scope);
      return delta;
    }
  }

  @Override
  public final NDArray forward(NDArray x, double multiplier, Phase phase) {
    DeltaDropouts drops = dropsIn(phase);
    return isOff(x, multiplier, drops)
        ? layer.apply(x, x.getManager().zeros(layer.weight().shape()))
        : drops.onOutput(update(x, multiplier, drops));
  }

  @Override
  public final NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    DeltaDropouts drops = dropsIn(phase);
    if (isOff(x, multiplier, drops)) {
      return y;
    }
    try (NDArray update = drops.onOutput(update(x, multiplier, drops))) {
      return OPS.addScaled(y, update, 1);
    }
  }

  private DeltaDropouts dropsIn(Phase phase) {
    return phase == Phase.TRAINING ? dropouts : DeltaDropouts.NONE;
  }

  private static boolean isOff(NDArray x, double multiplier, DeltaDropouts drops) {
    return multiplier == 0 || drops.skipsModule();
  }

  /** The layer's operation with ΔW; a method with a cheaper way overrides it. */
  protected NDArray update(NDArray x, double multiplier, DeltaDropouts drops) {
    // ΔW is as large as the weight and must not outlive the call; backward keeps what it needs by itself.
    try (NDManager own = x.getManager().newSubManager()) {
      return layer.apply(x, rebuild(own, multiplier, drops),
          biasDelta(own, multiplier).orElse(null));
    }
  }
}
