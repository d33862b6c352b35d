package dev.kasane.plugin.lycoris.kronecker;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.lowrank.SavedShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.LycorisMethod;
import dev.kasane.plugin.lycoris.SharedOptions;
import java.util.Map;
import java.util.Set;
import org.pf4j.Extension;

/** LoKr: a Kronecker product, of which the larger side is low-rank. */
@Extension
public final class LokrMethod extends LycorisMethod {
  public LokrMethod() {
    super("lokr", "Kronecker product of a small matrix and a larger, low-rank one (LoKr): very small files.",
        SharedOptions.of(SharedOptions.SCALE, KroneckerPlan.OPTIONS, SharedOptions.TUCKER, SharedOptions.MAGNITUDES,
            SharedOptions.DROPOUTS),
        new Names(Set.of("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b"),
            Set.of(SavedKronecker.CORE, LoraNames.MAGNITUDE), AdapterModule.FACTORS));
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
  protected ModuleFacts told(ModuleHeader saved) {
    return SavedKronecker.facts(SharedOptions.named(id(), saved), saved);
  }

  @Override
  protected Shape shape(AdapterModule saved, SavedShapes shapes) {
    return SavedKronecker.shape(shapes);
  }

  @Override
  protected LayerAdapter restored(AdapterModule saved, SavedTensors tensors) {
    TargetLayer layer = tensors.layer();
    SavedKronecker reader = new SavedKronecker(layer, tensors);
    Kronecker product = reader.read();
    Magnitudes magnitudes = Magnitudes.restored(tensors);
    return product.isWhole()
        ? new LokrAdapter(layer, product, saved.constants(), magnitudes, DeltaDropouts.NONE)
        : new LokrAdapter(layer, product, RankScale.ofSaved(saved, reader.rank()), magnitudes, DeltaDropouts.NONE);
  }
}
