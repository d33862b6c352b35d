package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.LowRank;
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
import java.util.Set;
import org.pf4j.Extension;

/** GLoRA: a low-rank update of the weight and a low-rank update of what the weight is given. */
@Extension
public final class GloraMethod extends LycorisMethod {
  static final String A1 = "a1.weight";
  static final String A2 = "a2.weight";
  static final String B1 = "b1.weight";
  static final String B2 = "b2.weight";
  static final String CORE = "bm.weight";

  public GloraMethod() {
    super("glora", "Low-rank updates of the weight and of its input side together (GLoRA).",
        SharedOptions.of(SharedOptions.SCALE, SharedOptions.DROPOUTS),
        new Names(Set.of(A1, A2, B1, B2), Set.of(CORE), AdapterModule.FACTORS));
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    RankScale scale = RankScale.of(options);
    DeltaDropouts dropouts = SharedOptions.dropouts(options);
    return (layer, scope) -> fresh(layer, scale, dropouts, new FreshTensors(scope));
  }

  private static GloraAdapter fresh(
      TargetLayer layer, RankScale scale, DeltaDropouts dropouts, FreshTensors fresh) {
    long rank = scale.rank();
    NDArray up = fresh.kaimingUniform(LayerShapes.mixing(layer, layer.outputs(), rank, 1));
    LowRank own = new LowRank(fresh.zeros(LayerShapes.mixing(layer, rank, layer.inputs(), layer.kernel())), null, up);
    return new GloraAdapter(layer, fresh.kaimingUniform(LayerShapes.mixing(layer, layer.inputs(), rank, 1)),
        fresh.zeros(LayerShapes.mixing(layer, rank, layer.inputs(), 1)), own, scale, dropouts);
  }

  @Override
  protected ModuleFacts told(ModuleHeader saved) {
    // The first factor was once stored the other way round; its rank is the shorter side.
    return ModuleFacts.of(id())
        .size(ModuleFacts.RANK, Math.min(saved.size(A1, 0), saved.size(A1, 1)))
        .fault(lacksMarks(saved), ModuleFacts.INCOMPLETE);
  }

  @Override
  protected Shape shape(AdapterModule saved, SavedShapes shapes) {
    // Before May 2024 the pairs had each other's names.
    boolean later = shapes.size(B1, 1) == shapes.size(A1, 1) && shapes.size(B2, 0) == shapes.size(A1, 1);
    long inputs = shapes.size(A1, later ? 0 : 1);
    String own = later ? B2 : B1;
    long outputs = shapes.size(later ? B1 : B2, 0);
    return shapes.layer(outputs, inputs, CORE, own);
  }

  @Override
  protected LayerAdapter restored(AdapterModule saved, SavedTensors tensors) {
    // Where both readings fit, the later one counts.
    Pairs pairs = !Pairs.LATER.fit(tensors) && Pairs.EARLIER.fit(tensors) ? Pairs.EARLIER : Pairs.LATER;
    return pairs.restored(saved, tensors);
  }

  /** What a file calls the factors of a1·a2 and of b1·b2. */
  private record Pairs(String a1, String a2, String b1, String b2) {
    static final Pairs LATER = new Pairs(A1, A2, B1, B2);
    /** Before May 2024 the factors of a pair had each other's names. */
    static final Pairs EARLIER = new Pairs(A2, A1, B2, B1);

    boolean fit(SavedTensors saved) {
      TargetLayer layer = saved.layer();
      long rank = saved.size(a2, 0);
      long kernel = saved.has(CORE) ? 1 : layer.kernel();
      return saved.fits(a1, LayerShapes.mixing(layer, layer.inputs(), rank, 1))
          && saved.fits(a2, LayerShapes.mixing(layer, rank, layer.inputs(), 1))
          && saved.fits(b1, LayerShapes.mixing(layer, layer.outputs(), rank, 1))
          && saved.fits(b2, LayerShapes.mixing(layer, rank, layer.inputs(), kernel));
    }

    LayerAdapter restored(AdapterModule module, SavedTensors saved) {
      TargetLayer layer = saved.layer();
      long rank = saved.size(a2, 0);
      LowRank own = LowRank.restored(saved, b2, CORE, b1);
      return new GloraAdapter(layer, saved.take(a1, LayerShapes.mixing(layer, layer.inputs(), rank, 1)),
          saved.take(a2, LayerShapes.mixing(layer, rank, layer.inputs(), 1)), own, RankScale.ofSaved(module, rank),
          DeltaDropouts.NONE);
    }
  }
}
