package dev.kasane.plugin.lycoris.kronecker;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.lowrank.SavedShapes;
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
import dev.kasane.plugin.lycoris.SharedOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** LoKr: a Kronecker product, of which the larger side is low-rank. */
@Extension
public final class LokrMethod implements AdapterMethod {
  private static final Set<String> MARKS =
      Set.of("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b");
  private static final Set<String> TENSORS = Set.of("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2",
      "lokr_w2_a", "lokr_w2_b", SavedKronecker.CORE, LoraNames.MAGNITUDE);

  @Override
  public String id() {
    return "lokr";
  }

  @Override
  public String description() {
    return "Kronecker product of a small matrix and a larger, low-rank one (LoKr): very small files.";
  }

  @Override
  public List<AdapterOption> options() {
    return SharedOptions.of(SharedOptions.SCALE, KroneckerPlan.OPTIONS, SharedOptions.TUCKER, SharedOptions.MAGNITUDES,
        SharedOptions.DROPOUTS);
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    RankScale scale = RankScale.of(options);
    KroneckerPlan plan = KroneckerPlan.of(options);
    SharedOptions.Lengths lengths = SharedOptions.lengths(options);
    DeltaDropouts dropouts = SharedOptions.dropouts(options);
    return (layer, scope) -> {
      Kronecker product = plan.fresh(layer, new FreshTensors(scope));
      Magnitudes magnitudes = lengths.fresh(layer, scope);
      return product.isWhole()
          ? new LokrAdapter(layer, product, Map.of(AdapterModule.ALPHA, (double) scale.rank()), magnitudes, dropouts)
          : new LokrAdapter(layer, product, scale, magnitudes, dropouts);
    };
  }

  @Override
  public Set<String> parameters() {
    return SharedOptions.with(TENSORS, AdapterModule.FACTORS);
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    return MARKS.stream().anyMatch(saved::has)
        ? Optional.of(SavedKronecker.facts(SharedOptions.named(id(), saved), saved)) : Optional.empty();
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return SavedShapes.areOf(saved, MARKS, TENSORS, AdapterModule.FACTORS)
        ? Optional.of(SavedKronecker.shape(new SavedShapes(saved))) : Optional.empty();
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!SavedShapes.areOf(saved, MARKS, TENSORS, AdapterModule.FACTORS)) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    SavedKronecker reader = new SavedKronecker(layer, tensors);
    Kronecker product = reader.read();
    Magnitudes magnitudes = Magnitudes.restored(tensors);
    return Optional.of(product.isWhole()
        ? new LokrAdapter(layer, product, saved.constants(), magnitudes, DeltaDropouts.NONE)
        : new LokrAdapter(layer, product, RankScale.ofSaved(saved, reader.rank()), magnitudes, DeltaDropouts.NONE));
  }
}
