package dev.kasane.plugin.lora;

import static dev.kasane.plugin.lora.LoraOps.LORA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LowRank;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.spi.TargetLayer.Kind;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ΔW = alpha/rank · B·A (Hu et al. 2021, "LoRA", equation 3). For a convolution A has the layer's kernel
 * and B is 1×1; in Tucker form A is 1×1 as well and the kernel lies between them.
 */
final class LoraAdapter implements LayerAdapter {
  private final TargetLayer layer;
  private final LoraFactors factors;
  private final double alpha;
  private final LoraDropouts dropouts;

  /**
   * @param layer the layer
   * @param factors the live parameters
   * @param alpha numerator of the scale, positive
   * @param dropouts what is left out in training
   */
  LoraAdapter(TargetLayer layer, LoraFactors factors, double alpha, LoraDropouts dropouts) {
    this.layer = layer;
    this.factors = factors;
    this.alpha = alpha;
    this.dropouts = dropouts;
  }

  @Override
  public TargetLayer layer() {
    return layer;
  }

  private double scale() {
    return alpha / factors.rank();
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    LoraDropouts drops = dropsIn(phase);
    return drops.skipsModule()
        ? layer.apply(x, x.getManager().zeros(layer.weight().shape()))
        : update(x, multiplier, drops);
  }

  @Override
  public NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    LoraDropouts drops = dropsIn(phase);
    if (layer.kind() == Kind.CONV2D || drops.equals(LoraDropouts.NONE)) {
      return LayerAdapter.super.addTo(y, x, multiplier, phase);
    }
    return drops.skipsModule() ? y
        : Ops.addProduct(y, hidden(x, drops), factors.up(), scale() * multiplier);
  }

  @Override
  public Optional<List<LowRank>> lowRanks(double multiplier, Phase phase) {
    return layer.kind() == Kind.LINEAR && dropsIn(phase).equals(LoraDropouts.NONE)
        ? Optional.of(List.of(new LowRank(factors.down(), factors.up(), scale() * multiplier)))
        : Optional.empty();
  }

  private LoraDropouts dropsIn(Phase phase) {
    return phase == Phase.TRAINING ? dropouts : LoraDropouts.NONE;
  }

  private NDArray update(NDArray x, double multiplier, LoraDropouts drops) {
    // The scale goes on the narrow side of the detour.
    NDArray hidden = Ops.scale(hidden(x, drops), scale() * multiplier);
    return layer.applyUp(hidden, factors.up());
  }

  private NDArray hidden(NDArray x, LoraDropouts drops) {
    NDArray in = drops.onInput(x);
    NDArray product = factors.mid() == null
        ? layer.applyDown(in, factors.down())
        : layer.applyDown(layer.applyUp(in, factors.down()), factors.mid());
    return drops.onHidden(product, rankAxis(product));
  }

  private int rankAxis(NDArray product) {
    return layer.kind() == Kind.CONV2D ? 1 : product.getShape().dimension() - 1;
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    return factors.product(scope, scale() * multiplier);
  }

  /** ‖B·A‖² is the trace of (BᵀB)(AAᵀ): two matrices of the rank's size instead of the layer's. */
  @Override
  public double deltaNorm(NDManager scope) {
    return factors.mid() == null
        ? Math.abs(scale()) * LORA.productNorm(factors.down(), factors.up())
        : LayerAdapter.super.deltaNorm(scope);
  }

  @Override
  public Map<String, NDArray> tensors() {
    return factors.named();
  }

  @Override
  public Map<String, Double> constants() {
    return Map.of(LoraMethod.ALPHA, alpha);
  }

  @Override
  public Map<String, Double> facts() {
    Map<String, Double> facts = new LinkedHashMap<>();
    facts.put("rank", (double) factors.rank());
    facts.put(LoraMethod.ALPHA, alpha);
    facts.put("scale", scale());
    return facts;
  }
}
