package dev.kasane.plugin.lycoris;

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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** LoHa: the elementwise product of two low-rank products. */
@Extension
public final class LohaMethod implements AdapterMethod {
  private static final Set<String> TENSORS = Set.of("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b",
      "hada_t1", "hada_t2", LoraNames.MAGNITUDE);
  private static final Set<String> MARKS = Set.of("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b");

  @Override
  public String id() {
    return "loha";
  }

  @Override
  public String description() {
    return "Elementwise product of two low-rank products (LoHa), of a higher rank for the same size.";
  }

  @Override
  public List<AdapterOption> options() {
    return SharedOptions.of(
        SharedOptions.SCALE, SharedOptions.TUCKER, SharedOptions.MAGNITUDES, SharedOptions.DROPOUTS);
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    RankScale scale = RankScale.of(options);
    boolean tucker = SharedOptions.tucker(options);
    SharedOptions.Lengths lengths = SharedOptions.lengths(options);
    DeltaDropouts dropouts = SharedOptions.dropouts(options);
    return (layer, scope) -> {
      Hadamard product = Hadamard.fresh(layer, scale.rank(), tucker, new FreshTensors(scope));
      return new ProductAdapter(layer, product, scale, lengths.fresh(layer, scope), dropouts);
    };
  }

  @Override
  public Set<String> parameters() {
    return SharedOptions.with(TENSORS, AdapterModule.FACTORS);
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    return MARKS.stream().anyMatch(saved::has) ? Optional.of(ModuleFacts.of(SharedOptions.named(id(), saved))
        .size(ModuleFacts.RANK, saved.size("hada_w1_b", 0)).reads(saved.shapes().get("hada_w1_b"))
        .fault(!MARKS.stream().allMatch(saved::has), ModuleFacts.INCOMPLETE)) : Optional.empty();
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    if (!SavedShapes.areOf(saved, MARKS, TENSORS, AdapterModule.FACTORS)) {
      return Optional.empty();
    }
    SavedShapes shapes = new SavedShapes(saved);
    if (shapes.has("hada_t1")) {
      return Optional.of(
          shapes.convolution(shapes.size("hada_w1_a", 1), shapes.size("hada_w1_b", 1), "hada_t1"));
    }
    long rows = shapes.size("hada_w1_a", 0);
    long columns = shapes.size("hada_w1_b", 1);
    return Optional.of(shapes.isKernels("hada_w1_b") ? shapes.convolution(rows, columns, "hada_w1_b")
        : shapes.product(rows, columns));
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!SavedShapes.areOf(saved, MARKS, TENSORS, AdapterModule.FACTORS)) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    Hadamard product = Hadamard.restored(layer, tensors);
    return Optional.of(new ProductAdapter(layer, product, RankScale.ofSaved(saved, Hadamard.rank(tensors)),
        Magnitudes.restored(tensors), DeltaDropouts.NONE));
  }
}
