package dev.kasane.plugin.lycoris.kronecker;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.ProductAdapter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ΔW = s · w1 ⊗ w2. Two whole sides have no rank: then s is 1 unless the file has a scale or a scalar of its own,
 * and alpha is carried along without a meaning.
 */
final class LokrAdapter extends ProductAdapter {
  private final Kronecker product;
  private final Map<String, Double> carried;

  LokrAdapter(TargetLayer layer, Kronecker product, RankScale scale, Magnitudes magnitudes, DeltaDropouts dropouts) {
    super(layer, product, scale, magnitudes, dropouts);
    this.product = product;
    this.carried = null;
  }

  /**
   * An adapter whose sides are both whole.
   *
   * @param layer the layer
   * @param constants what the file has, saved as it is
   */
  LokrAdapter(TargetLayer layer, Kronecker product, Map<String, Double> constants, Magnitudes magnitudes,
      DeltaDropouts dropouts) {
    super(layer, product, new RankScale(1, constants.getOrDefault(AdapterModule.SCALE, 1.0)
        * constants.getOrDefault(AdapterModule.SCALAR, 1.0)), magnitudes, dropouts);
    this.product = product;
    this.carried = Map.copyOf(constants);
  }

  @Override
  protected NDArray update(NDArray x, double multiplier, DeltaDropouts drops) {
    boolean direct = layer().kind() == TargetLayer.Kind.LINEAR && !isDecomposed() && drops.row() == 0;
    return direct ? product.onVectors(x, factor() * multiplier) : super.update(x, multiplier, drops);
  }

  @Override
  public Map<String, Double> constants() {
    return carried == null ? super.constants() : carried;
  }

  @Override
  public Map<String, Double> facts() {
    if (carried == null) {
      return super.facts();
    }
    Map<String, Double> facts = new LinkedHashMap<>(carried);
    facts.put(AdapterModule.SCALE, factor());
    return facts;
  }
}
