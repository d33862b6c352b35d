package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LowRank;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A saved LoRA that belongs to a base from which its start was taken: PEFT's PiSSA and OLoRA without conversion. As PEFT
 * does on loading, the start is made anew from the weight; it is taken off the update here, and the base stays as it is.
 * It is made when the weight is first needed, for an adapter is also looked at where there is no weight.
 */
final class ResidualAdapter implements LayerAdapter {
  private static final Set<String> QUANTISED = Set.of("nf4", "fp4", "int8");

  private final TargetLayer layer;
  private final AdapterModule saved;
  private final LoraFactors factors;
  private final double alpha;
  private final BiFunction<LoraFactors, Double, LayerAdapter> made;
  private final NDManager scope;
  private LayerAdapter whole;

  /**
   * @param layer the layer
   * @param saved what the file says
   * @param factors its factors, fitted to the layer
   * @param alpha numerator of the scale
   * @param made makes an adapter of the factors and the alpha of the whole update
   * @param scope owner of what is made of the weight
   */
  ResidualAdapter(TargetLayer layer, AdapterModule saved, LoraFactors factors, double alpha,
      BiFunction<LoraFactors, Double, LayerAdapter> made, NDManager scope) {
    this.layer = layer;
    this.saved = saved;
    this.factors = factors;
    this.alpha = alpha;
    this.made = made;
    this.scope = scope;
  }

  @Override
  public TargetLayer layer() {
    return layer;
  }

  private LayerAdapter whole() {
    if (whole == null) {
      whole = made.apply(withoutStart(), 2 * alpha);
    }
    return whole;
  }

  private LoraFactors withoutStart() {
    String word = saved.constants().containsKey(AdapterModule.PISSA) ? AdapterModule.PISSA : AdapterModule.OLORA;
    if (QUANTISED.contains(layer.weight().storage())) {
      throw new UserException("Layer " + layer.path() + " is quantised, and its adapter began as a part of the weight ("
          + word + "), which only the dense weight gives again. Use the base in float32, float16 or bfloat16.");
    }
    int rank = Math.toIntExact(factors.rank());
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      LoraFactors both = factors.beside(LoraStart.parse(word).factors(layer, rank, alpha / rank, own));
      both.down().attach(scope);
      both.up().attach(scope);
      return both;
    }
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    return whole().forward(x, multiplier, phase);
  }

  @Override
  public Optional<List<LowRank>> lowRanks(double multiplier, Phase phase) {
    return whole().lowRanks(multiplier, phase);
  }

  @Override
  public NDArray weightDelta(NDManager owner, double multiplier) {
    return whole().weightDelta(owner, multiplier);
  }

  @Override
  public double deltaNorm(NDManager owner) {
    return whole().deltaNorm(owner);
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> tensors = new LinkedHashMap<>(saved.tensors());
    tensors.putAll(factors.named());
    return tensors;
  }

  @Override
  public Map<String, Double> constants() {
    return saved.constants();
  }

  @Override
  public Map<String, Double> facts() {
    return new LoraAdapter(layer, factors, alpha, LoraDropouts.NONE).facts();
  }
}
