package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FactoredUpdate;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/** ΔW = alpha/rank · a product, or what that adds to a weight that is decomposed. */
public class ProductAdapter extends RebuiltAdapter {
  private final FactoredUpdate product;
  private final RankScale scale;
  private final Magnitudes magnitudes;

  /**
   * @param layer the layer
   * @param product the live factors
   * @param scale rank and alpha
   * @param magnitudes the weight's trained lengths, or null
   * @param dropouts what is left out in training
   */
  public ProductAdapter(TargetLayer layer, FactoredUpdate product, RankScale scale, Magnitudes magnitudes,
      DeltaDropouts dropouts) {
    super(layer, dropouts);
    this.product = product;
    this.scale = scale;
    this.magnitudes = magnitudes;
  }

  /** What the product is multiplied with at strength 1. */
  protected double factor() {
    return scale.factor();
  }

  protected boolean isDecomposed() {
    return magnitudes != null;
  }

  @Override
  protected NDArray rebuild(NDManager scope, double multiplier, DeltaDropouts drops) {
    double strength = isDecomposed() ? 1 : multiplier;
    NDArray update =
        drops.onRows(scope, product.delta(scope, layer().weight().shape(), factor() * strength));
    return isDecomposed() ? magnitudes.decompose(scope, layer(), update, multiplier) : update;
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    if (isDecomposed()) {
      all.put(LoraNames.MAGNITUDE, magnitudes.values());
    }
    all.putAll(product.named());
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
