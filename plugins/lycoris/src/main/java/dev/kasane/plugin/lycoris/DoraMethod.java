package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** DoRA: LoRA or LoCon on a weight that is decomposed into direction and length. */
@Extension
public final class DoraMethod implements AdapterMethod {
  @Override
  public String id() {
    return "dora";
  }

  @Override
  public String description() {
    return "LoRA with the weight's direction and length trained apart (DoRA), LyCORIS's lora with dora_wd.";
  }

  @Override
  public List<AdapterOption> options() {
    return SharedOptions.of(
        SharedOptions.SCALE, SharedOptions.TUCKER, List.of(SharedOptions.ON_OUTPUT), SharedOptions.DROPOUTS);
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    RankScale scale = RankScale.of(options);
    boolean tucker = SharedOptions.tucker(options);
    boolean onOutput = options.flag(SharedOptions.ON_OUTPUT.name());
    DeltaDropouts dropouts = SharedOptions.dropouts(options);
    return (layer, scope) -> {
      LowRank product = LowRank.fresh(layer, scale.rank(), tucker, new FreshTensors(scope));
      return new TurnedAdapter(layer, product, scale, Magnitudes.fresh(layer, onOutput, scope), dropouts);
    };
  }

  @Override
  public Set<String> parameters() {
    return LowRankForm.TURNED_MAGNITUDES.parameters();
  }

  private static Optional<LowRankForm> form(AdapterModule saved) {
    return LowRankForm.of(saved).filter(form -> form == LowRankForm.TURNED_MAGNITUDES);
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    return LowRankForm.facts(saved).filter(facts -> saved.has(LoraNames.MAGNITUDE));
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return form(saved).map(form -> form.shape(saved));
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (form(saved).isEmpty()) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    LowRank product = LowRank.restored(tensors);
    return Optional.of(new TurnedAdapter(layer, product, RankScale.ofSaved(saved, product.rank()),
        Magnitudes.restored(tensors), DeltaDropouts.NONE));
  }

  /** A product on a decomposed weight that says what its strength does. */
  private static final class TurnedAdapter extends ProductAdapter {
    TurnedAdapter(TargetLayer layer, LowRank product, RankScale scale, Magnitudes magnitudes, DeltaDropouts dropouts) {
      super(layer, product, scale, magnitudes, dropouts);
    }

    @Override
    public Map<String, Double> constants() {
      Map<String, Double> constants = new LinkedHashMap<>(super.constants());
      constants.put(AdapterModule.TURNS_LENGTHS, 1.0);
      return constants;
    }
  }
}
