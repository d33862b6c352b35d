package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.NarrowProduct;
import dev.kasane.core.lowrank.NarrowUpdate;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
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
final class ResidualAdapter extends PairAdapter implements NarrowUpdate {
  private static final Set<String> QUANTISED = Set.of("nf4", "fp4", "int8");

  private final AdapterModule saved;
  private final BiFunction<LowRank, RankScale, LayerAdapter> made;
  private final NDManager scope;
  private LayerAdapter whole;

  /**
   * @param layer the layer
   * @param saved what the file says
   * @param factors its factors, fitted to the layer
   * @param scale their rank and alpha
   * @param made makes an adapter of the factors and the scale of the whole update
   * @param scope owner of what is made of the weight
   */
  ResidualAdapter(TargetLayer layer, AdapterModule saved, LowRank factors, RankScale scale,
      BiFunction<LowRank, RankScale, LayerAdapter> made, NDManager scope) {
    super(layer, factors, scale);
    this.saved = saved;
    this.made = made;
    this.scope = scope;
  }

  private LayerAdapter whole() {
    if (whole == null) {
      whole = made.apply(withoutStart(), scale.times(2));
    }
    return whole;
  }

  private LowRank withoutStart() {
    String word = saved.constants().containsKey(AdapterModule.PISSA) ? AdapterModule.PISSA : AdapterModule.OLORA;
    if (QUANTISED.contains(layer.weight().storage())) {
      throw new UserException("Layer " + layer.path() + " is quantised, and its adapter began as a part of the weight ("
          + word + "), which only the dense weight gives again. Use the base in float32, float16 or bfloat16.");
    }
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      LowRank both = factors.less(LoraStart.parse(word).factors(layer, scale.rank(), scale.factor(), own));
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
  public NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    return whole().addTo(y, x, multiplier, phase);
  }

  @Override
  public Optional<List<NarrowProduct>> products(double multiplier, Phase phase) {
    return NarrowUpdate.of(whole(), multiplier, phase);
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
}
