package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer.Kind;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pf4j.Extension;

/** LoRA on linear layers and, as LoCon does, on convolutions; with magnitudes of its own, DoRA. */
@Extension
public final class LoraMethod implements AdapterMethod {
  static final String ALPHA = AdapterModule.ALPHA;
  /** The constants of a pair: its factor, and what of the weight it began as. */
  private static final Set<String> CONSTANTS = Stream.concat(AdapterModule.FACTORS.stream(),
      Stream.of(AdapterModule.PISSA, AdapterModule.OLORA)).collect(Collectors.toUnmodifiableSet());
  private static final Set<String> PARAMETERS = Set.of(
      LoraFactors.DOWN, LoraFactors.MID, LoraFactors.UP, DoraAdapter.MAGNITUDE, UpBiasAdapter.UP_BIAS);
  private static final Set<String> PAIR = Set.of(LoraFactors.DOWN, LoraFactors.UP);
  private static final Set<String> EMBEDDING = Set.of(EmbeddingAdapter.A, EmbeddingAdapter.B);

  @Override
  public String id() {
    return "lora";
  }

  @Override
  public String description() {
    return "Low-rank adaptation (LoRA, DoRA) of linear layers, convolutions (LoCon) and embeddings.";
  }

  @Override
  public List<AdapterOption> options() {
    return LoraSettings.OPTIONS;
  }

  @Override
  public void check(AdapterOptions options) {
    LoraSettings.of(options);
  }

  @Override
  public boolean needsOriginals(AdapterOptions options) {
    return LoraStart.parse(options.text("init")).makesUpForQuantising();
  }

  @Override
  public boolean supports(TargetLayer layer) {
    return layer.kind() != Kind.NORM;
  }

  @Override
  public LayerAdapter attach(TargetLayer layer, AdapterOptions options, NDManager scope) {
    LoraSettings settings = LoraSettings.of(options);
    LayerAdapter adapter = layer.kind() == Kind.EMBEDDING ? ofEmbedding(layer, settings, scope)
        : adapter(layer, settings, scope);
    adapter.tensors().values().forEach(parameter -> parameter.setRequiresGradient(true));
    return adapter;
  }

  private static LayerAdapter ofEmbedding(TargetLayer layer, LoraSettings settings, NDManager scope) {
    if (settings.magnitudes() || settings.start().isOfWeight()) {
      throw new UserException("Layer " + layer.path() + " is an embedding, whose adapters have no magnitudes of their"
          + " own and do not start from the weight. Use neither use-dora nor an init other than kaiming and gaussian,"
          + " or exclude it.");
    }
    return EmbeddingAdapter.fresh(layer, settings.rank(), settings.alpha(), scope);
  }

  private static LayerAdapter adapter(TargetLayer layer, LoraSettings settings, NDManager scope) {
    double alpha = settings.alpha();
    LoraFactors factors = settings.start().factors(layer, settings.rank(), alpha / settings.rank(), scope);
    if (settings.magnitudes()) {
      NDArray magnitudes = DoraAdapter.magnitudes(scope, layer, factors, alpha / settings.rank());
      return new DoraAdapter(layer, factors, magnitudes, alpha, settings.drops());
    }
    return settings.start().isPartOfWeight() ? new ShiftedAdapter(layer, factors, alpha, settings.drops(), scope)
        : new LoraAdapter(layer, factors, alpha, settings.drops());
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    Set<String> names = saved.tensors().keySet();
    if (names.equals(EMBEDDING)) {
      return Optional.of(new SavedFactors(layer, saved, scope).embedding());
    }
    if (!isPair(saved)) {
      return Optional.empty();
    }
    SavedFactors fitting = new SavedFactors(layer, saved, scope);
    if (layer.kind() == Kind.EMBEDDING && names.equals(PAIR)) {
      return Optional.of(fitting.table());
    }
    LoraFactors factors = fitting.fit();
    double alpha = saved.alpha(factors.rank());
    BiFunction<LoraFactors, Double, LayerAdapter> made = maker(layer, names, fitting);
    return Optional.of(saved.isPartOfWeight() ? new ResidualAdapter(layer, saved, factors, alpha, made, scope)
        : made.apply(factors, alpha));
  }

  /** What the parameters beside the pair make of it. */
  private static BiFunction<LoraFactors, Double, LayerAdapter> maker(
      TargetLayer layer, Set<String> names, SavedFactors saved) {
    if (names.contains(DoraAdapter.MAGNITUDE)) {
      NDArray magnitude = saved.magnitude();
      return (pair, alpha) -> new DoraAdapter(layer, pair, magnitude, alpha, LoraDropouts.NONE);
    } else if (names.contains(UpBiasAdapter.UP_BIAS)) {
      NDArray bias = saved.upBias();
      return (pair, alpha) -> new UpBiasAdapter(layer, pair, bias, alpha);
    }
    return (pair, alpha) -> new LoraAdapter(layer, pair, alpha, LoraDropouts.NONE);
  }

  @Override
  public Set<String> parameters() {
    return Stream.of(PARAMETERS, EMBEDDING, CONSTANTS).flatMap(Set::stream).collect(Collectors.toSet());
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    Set<String> names = saved.tensors().keySet();
    return names.equals(EMBEDDING) ? Optional.of(FactorShapes.ofTable(saved))
        : isPair(saved) ? Optional.of(FactorShapes.of(saved)) : Optional.empty();
  }

  /** One half of a pair is enough to be told what is missing. */
  private static boolean isPair(AdapterModule saved) {
    Set<String> names = saved.tensors().keySet();
    return (names.contains(LoraFactors.DOWN) || names.contains(LoraFactors.UP)) && PARAMETERS.containsAll(names)
        && !names.containsAll(Set.of(LoraFactors.MID, DoraAdapter.MAGNITUDE))
        && !names.containsAll(Set.of(UpBiasAdapter.UP_BIAS, DoraAdapter.MAGNITUDE))
        && CONSTANTS.containsAll(saved.constants().keySet());
  }
}
