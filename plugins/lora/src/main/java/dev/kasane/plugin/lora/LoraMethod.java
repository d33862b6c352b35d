package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.DetourDropouts;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.LowRankForm;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.spi.TargetLayer.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.pf4j.Extension;

/** LoRA on linear layers and, as LoCon does, on convolutions; with magnitudes of its own, DoRA. */
@Extension
public final class LoraMethod implements AdapterMethod {
  private static final Set<LowRankForm> FORMS = EnumSet.complementOf(EnumSet.of(LowRankForm.TURNED_MAGNITUDES));

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
  public PreparedMethod prepare(AdapterOptions options) {
    return LoraSettings.of(options);
  }

  @Override
  public boolean supports(TargetLayer layer) {
    return layer.kind() != Kind.NORM;
  }

  private static Optional<LowRankForm> form(AdapterModule saved) {
    return LowRankForm.of(saved).filter(FORMS::contains);
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return form(saved).map(form -> restored(form, saved, new SavedTensors(layer, saved, scope), scope));
  }

  private static LayerAdapter restored(LowRankForm form, AdapterModule saved, SavedTensors tensors, NDManager scope) {
    boolean embedding = tensors.layer().kind() == Kind.EMBEDDING;
    if (form == LowRankForm.TABLE) {
      return EmbeddingAdapter.restored(saved, tensors);
    } else if (form == LowRankForm.PAIR && !tensors.has(LoraNames.MID) && embedding) {
      return EmbeddingAdapter.ofMatrix(saved, tensors);
    }
    LowRank factors = LowRank.restored(tensors);
    RankScale scale = RankScale.ofSaved(saved, factors.rank());
    BiFunction<LowRank, RankScale, LayerAdapter> made = maker(form, tensors);
    return saved.isPartOfWeight() ? new ResidualAdapter(tensors.layer(), saved, factors, scale, made, scope)
        : made.apply(factors, scale);
  }

  /** What the parameters beside the pair make of it. */
  private static BiFunction<LowRank, RankScale, LayerAdapter> maker(LowRankForm form, SavedTensors saved) {
    if (form == LowRankForm.SCALED_MAGNITUDES) {
      Magnitudes magnitudes = Magnitudes.restored(saved);
      return (pair, scale) -> new DoraAdapter(saved.layer(), pair, magnitudes, scale, DetourDropouts.NONE);
    } else if (form == LowRankForm.PAIR_WITH_BIAS) {
      NDArray bias = saved.take(LoraNames.UP_BIAS, saved.layer().outputs());
      return (pair, scale) -> new UpBiasAdapter(saved.layer(), pair, bias, scale);
    }
    return (pair, scale) -> new LoraAdapter(saved.layer(), pair, scale, DetourDropouts.NONE);
  }

  @Override
  public Set<String> parameters() {
    return FORMS.stream().flatMap(form -> form.parameters().stream()).collect(Collectors.toSet());
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    return LowRankForm.facts(saved);
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return form(saved).map(form -> form.shape(saved));
  }
}
