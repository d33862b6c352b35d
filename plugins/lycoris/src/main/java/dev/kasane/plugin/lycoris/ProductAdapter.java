package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/** ΔW = alpha/rank · a product, or what that adds to a weight that is decomposed. */
public class ProductAdapter extends RebuiltAdapter {
  private final Product product;
  private final Scale scale;
  private final Magnitude magnitude;

  /**
   * @param layer the layer
   * @param product the live factors
   * @param scale rank and alpha
   * @param magnitude the weight's trained lengths, or null
   * @param dropouts what is left out in training
   */
  public ProductAdapter(TargetLayer layer, Product product, Scale scale, Magnitude magnitude, Dropouts dropouts) {
    super(layer, dropouts);
    this.product = product;
    this.scale = scale;
    this.magnitude = magnitude;
  }

  /** What the product is multiplied with at strength 1. */
  protected double factor() {
    return scale.factor();
  }

  protected boolean isDecomposed() {
    return magnitude != null;
  }

  @Override
  protected NDArray rebuild(NDManager scope, double multiplier, Dropouts drops) {
    double strength = isDecomposed() ? 1 : multiplier;
    NDArray update =
        drops.onRows(scope, product.delta(scope, layer().weight().shape(), factor() * strength));
    return isDecomposed() ? magnitude.decompose(scope, layer(), update, multiplier) : update;
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    if (isDecomposed()) {
      all.put(Magnitude.NAME, magnitude.values());
    }
    all.putAll(product.named());
    return all;
  }

  @Override
  public Map<String, Double> constants() {
    return Map.of(Scale.ALPHA, scale.alpha());
  }

  @Override
  public Map<String, Double> facts() {
    Map<String, Double> facts = new LinkedHashMap<>();
    facts.put("rank", (double) scale.rank());
    facts.put(Scale.ALPHA, scale.alpha());
    facts.put(Scale.SCALE, factor());
    return facts;
  }
}
