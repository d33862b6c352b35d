package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is trained and saved of a pair of factors, whatever the update makes of it. */
abstract class PairAdapter implements LayerAdapter {
  final TargetLayer layer;
  /** The live factors. */
  final LowRank factors;
  /** What their product is multiplied with. */
  final RankScale scale;

  PairAdapter(TargetLayer layer, LowRank factors, RankScale scale) {
    this.layer = layer;
    this.factors = factors;
    this.scale = scale;
  }

  @Override
  public final TargetLayer layer() {
    return layer;
  }

  @Override
  public Map<String, NDArray> tensors() {
    return factors.named();
  }

  /** The factors and another tensor beside them. */
  final Map<String, NDArray> tensorsAnd(String name, NDArray tensor) {
    Map<String, NDArray> tensors = new LinkedHashMap<>(factors.named());
    tensors.put(name, tensor);
    return tensors;
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
