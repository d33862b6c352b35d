package dev.kasane.plugin.lycoris;

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
import java.util.Set;
import org.pf4j.Extension;

/** LoHa: the elementwise product of two low-rank products. */
@Extension
public final class LohaMethod extends LycorisMethod {
  public LohaMethod() {
    super("loha", "Elementwise product of two low-rank products (LoHa), of a higher rank for the same size.",
        SharedOptions.of(
            SharedOptions.SCALE, SharedOptions.TUCKER, SharedOptions.MAGNITUDES, SharedOptions.DROPOUTS),
        new Names(Set.of("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"),
            Set.of("hada_t1", "hada_t2", LoraNames.MAGNITUDE), AdapterModule.FACTORS));
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
  protected ModuleFacts told(ModuleHeader saved) {
    return ModuleFacts.of(SharedOptions.named(id(), saved))
        .size(ModuleFacts.RANK, saved.size("hada_w1_b", 0)).reads(saved.shapes().get("hada_w1_b"))
        .fault(lacksMarks(saved), ModuleFacts.INCOMPLETE);
  }

  @Override
  protected Shape shape(AdapterModule saved, SavedShapes shapes) {
    if (shapes.has("hada_t1")) {
      return shapes.convolution(shapes.size("hada_w1_a", 1), shapes.size("hada_w1_b", 1), "hada_t1");
    }
    long rows = shapes.size("hada_w1_a", 0);
    long columns = shapes.size("hada_w1_b", 1);
    return shapes.isKernels("hada_w1_b") ? shapes.convolution(rows, columns, "hada_w1_b")
        : shapes.product(rows, columns);
  }

  @Override
  protected LayerAdapter restored(AdapterModule saved, SavedTensors tensors) {
    Hadamard product = Hadamard.restored(tensors.layer(), tensors);
    return new ProductAdapter(tensors.layer(), product, RankScale.ofSaved(saved, Hadamard.rank(tensors)),
        Magnitudes.restored(tensors), DeltaDropouts.NONE);
  }
}
