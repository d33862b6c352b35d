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

/** Norm: the difference of a normalisation's scale and shift, as files have them that trained norms too. */
@Extension
public final class NormMethod implements AdapterMethod {
  private static final Difference.Names NAMES = new Difference.Names("w_norm", "b_norm");

  @Override
  public String id() {
    return "norm";
  }

  @Override
  public String description() {
    return "Scales and shifts of normalisations, kept as their difference from the base; loaded from files.";
  }

  @Override
  public List<AdapterOption> options() {
    return SharedOptions.DROPOUTS;
  }

  @Override
  public boolean supports(TargetLayer layer) {
    return layer.kind() == TargetLayer.Kind.NORM;
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
    return NAMES.both().stream().anyMatch(saved::has) ? Optional.of(ModuleFacts.of(id())) : Optional.empty();
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return Difference.shape(NAMES, saved);
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return supports(layer) ? Difference.restored(NAMES, layer, saved, scope) : Optional.empty();
  }
}
