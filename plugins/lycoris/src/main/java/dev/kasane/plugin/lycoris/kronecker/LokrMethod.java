package dev.kasane.plugin.lycoris.kronecker;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.Dropouts;
import dev.kasane.plugin.lycoris.LohaMethod;
import dev.kasane.plugin.lycoris.Magnitude;
import dev.kasane.plugin.lycoris.Options;
import dev.kasane.plugin.lycoris.SavedShapes;
import dev.kasane.plugin.lycoris.SavedTensors;
import dev.kasane.plugin.lycoris.Scale;
import dev.kasane.plugin.lycoris.Starts;
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
      "lokr_w2_a", "lokr_w2_b", SavedKronecker.CORE, Magnitude.NAME);

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
    return Options.of(Scale.OPTIONS, KroneckerPlan.OPTIONS, LohaMethod.TUCKER_OPTION, Magnitude.OPTIONS,
        Dropouts.OPTIONS);
  }

  @Override
  public void check(AdapterOptions options) {
    Scale.of(options);
    KroneckerPlan.of(options);
    Dropouts.of(options);
  }

  @Override
  public LayerAdapter attach(TargetLayer layer, AdapterOptions options, NDManager scope) {
    Scale scale = Scale.of(options);
    Kronecker product = KroneckerPlan.of(options).fresh(layer, new Starts(scope));
    Magnitude magnitude = options.flag("dora-wd") ? Magnitude.fresh(layer, options, scope) : null;
    Dropouts dropouts = Dropouts.of(options);
    return product.isWhole()
        ? new LokrAdapter(layer, product, Map.of(Scale.ALPHA, (double) scale.rank()), magnitude, dropouts)
        : new LokrAdapter(layer, product, scale, magnitude, dropouts);
  }

  @Override
  public Set<String> parameters() {
    return Options.with(TENSORS, AdapterModule.FACTORS);
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return SavedTensors.areOf(saved, MARKS, TENSORS, AdapterModule.FACTORS)
        ? Optional.of(SavedKronecker.shape(new SavedShapes(saved))) : Optional.empty();
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!SavedTensors.areOf(saved, MARKS, TENSORS, AdapterModule.FACTORS)) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    SavedKronecker reader = new SavedKronecker(layer, tensors);
    Kronecker product = reader.read();
    Magnitude magnitude = Magnitude.restored(layer, tensors);
    return Optional.of(product.isWhole()
        ? new LokrAdapter(layer, product, saved.constants(), magnitude, Dropouts.NONE)
        : new LokrAdapter(layer, product, Scale.ofSaved(saved, reader.rank()), magnitude, Dropouts.NONE));
  }
}
