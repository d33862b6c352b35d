package dev.kasane.plugin.lycoris.whole;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
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
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** Full: the difference of a whole weight, and of the bias where the layer has one. */
@Extension
public final class FullMethod implements AdapterMethod {
  private static final Difference.Names NAMES = new Difference.Names("diff", "diff_b");

  @Override
  public String id() {
    return "full";
  }

  @Override
  public String description() {
    return "Whole weights and biases, kept as their difference from the base: fine-tuning as an adapter.";
  }

  @Override
  public List<AdapterOption> options() {
    return SharedOptions.DROPOUTS;
  }

  /** Some tools store normalisations under these names too. */
  @Override
  public boolean supports(TargetLayer layer) {
    return true;
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    DeltaDropouts dropouts = SharedOptions.dropouts(options);
    return (layer, scope) -> Difference.fresh(NAMES, layer, dropouts, new FreshTensors(scope));
  }

  @Override
  public Set<String> parameters() {
    return NAMES.both();
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    // A bias's difference may stand beside the parameters of any method.
    return saved.has(NAMES.weight()) || saved.shapes().keySet().equals(Set.of(NAMES.bias()))
        ? Optional.of(ModuleFacts.of(id()).reads(saved.shapes().get(NAMES.weight()))) : Optional.empty();
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return Difference.shape(NAMES, saved);
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return Difference.restored(NAMES, layer, saved, scope);
  }
}
