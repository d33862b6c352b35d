package dev.kasane.plugin.lycoris.kronecker;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.Dropouts;
import dev.kasane.plugin.lycoris.Magnitude;
import dev.kasane.plugin.lycoris.ProductAdapter;
import dev.kasane.plugin.lycoris.Scale;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ΔW = s · w1 ⊗ w2. Two whole sides have no rank: then s is 1 unless the file has a scale or a scalar of its own,
 * and alpha is carried along without a meaning.
 */
final class LokrAdapter extends ProductAdapter {
  private final Kronecker product;
  private final Map<String, Double> carried;

  LokrAdapter(TargetLayer layer, Kronecker product, Scale scale, Magnitude magnitude, Dropouts dropouts) {
    super(layer, product, scale, magnitude, dropouts);
    this.product = product;
    this.carried = null;
  }

  /**
   * An adapter whose sides are both whole.
   *
   * @param layer the layer
   * @param constants what the file has, saved as it is
   */
  LokrAdapter(TargetLayer layer, Kronecker product, Map<String, Double> constants, Magnitude magnitude,
      Dropouts dropouts) {
    super(layer, product, new Scale(1, constants.getOrDefault(Scale.SCALE, 1.0)
        * constants.getOrDefault(AdapterModule.SCALAR, 1.0)), magnitude, dropouts);
    this.product = product;
    this.carried = Map.copyOf(constants);
  }

  @Override
  protected NDArray update(NDArray x, double multiplier, Dropouts drops) {
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
    facts.put(Scale.SCALE, factor());
    return facts;
  }
}
