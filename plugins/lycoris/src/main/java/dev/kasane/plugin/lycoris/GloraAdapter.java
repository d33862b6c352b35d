package dev.kasane.plugin.lycoris;

import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/** ΔW = alpha/rank · (b1·b2 + W·a1·a2) (Chavan et al. 2023, the part that LyCORIS has). */
final class GloraAdapter extends RebuiltAdapter {
  private final NDArray a1;
  private final NDArray a2;
  private final LowRank own;
  private final RankScale scale;

  /**
   * @param layer the layer
   * @param a1 (in, rank), for a convolution (in, rank, 1, 1)
   * @param a2 (rank, in), for a convolution (rank, in, 1, 1)
   * @param own b1, b2 and the Tucker core if there is one
   * @param scale rank and alpha
   * @param dropouts what is left out in training
   */
  GloraAdapter(TargetLayer layer, NDArray a1, NDArray a2, LowRank own, RankScale scale, DeltaDropouts dropouts) {
    super(layer, dropouts);
    this.a1 = a1;
    this.a2 = a2;
    this.own = own;
    this.scale = scale;
  }

  @Override
  protected NDArray rebuild(NDManager scope, double multiplier, DeltaDropouts drops) {
    NDArray update = own.delta(scope, layer().weight().shape(), 1);
    NDArray weight = layer().weight().materialise(scope);
    return drops.onRows(
        scope, LYCORIS.passedThrough(scope, weight, update, a1, a2, scale.factor() * multiplier));
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    all.put(GloraMethod.A1, a1);
    all.put(GloraMethod.A2, a2);
    all.put(GloraMethod.B1, own.up());
    all.put(GloraMethod.B2, own.down());
    if (own.mid() != null) {
      all.put(GloraMethod.CORE, own.mid());
    }
    return all;
  }

  @Override
  public Map<String, Double> constants() {
    return scale.constants();
  }

  @Override
  public Map<String, Double> facts() {
    return scale.facts();
  }
}
