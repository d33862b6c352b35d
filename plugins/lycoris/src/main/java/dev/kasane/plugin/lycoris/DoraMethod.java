package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
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
  private static final Set<String> MARKS = Set.of(Magnitude.NAME);
  private static final Set<String> TENSORS = Set.of(LowRank.UP, LowRank.DOWN, LowRank.MID, Magnitude.NAME);
  private static final Set<String> CONSTANTS = Options.with(AdapterModule.FACTORS, Set.of(AdapterModule.TURNS_LENGTHS));

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
    return Options.of(
        Scale.OPTIONS, LohaMethod.TUCKER_OPTION, List.of(Magnitude.ON_OUTPUT), Dropouts.OPTIONS);
  }

  @Override
  public void check(AdapterOptions options) {
    Scale.of(options);
    Dropouts.of(options);
  }

  @Override
  public LayerAdapter attach(TargetLayer layer, AdapterOptions options, NDManager scope) {
    Scale scale = Scale.of(options);
    LowRank product =
        LowRank.fresh(layer, scale.rank(), options.flag(LohaMethod.TUCKER), new Starts(scope));
    return new TurnedAdapter(
        layer, product, scale, Magnitude.fresh(layer, options, scope), Dropouts.of(options));
  }

  @Override
  public Set<String> parameters() {
    return Options.with(TENSORS, CONSTANTS);
  }

  /**
   * A pair with magnitudes is DoRA of this kind where it says so, or in Tucker form, which no other kind has. A file
   * that says nothing is that of a LoRA with magnitudes.
   */
  private static boolean isOwn(AdapterModule saved) {
    return SavedTensors.areOf(saved, MARKS, TENSORS, CONSTANTS)
        && (saved.constants().containsKey(AdapterModule.TURNS_LENGTHS) || saved.tensors().containsKey(LowRank.MID)
            || !saved.tensors().containsKey(LowRank.UP) && !saved.tensors().containsKey(LowRank.DOWN));
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    if (!isOwn(saved)) {
      return Optional.empty();
    }
    SavedShapes shapes = new SavedShapes(saved);
    long outputs = shapes.size(LowRank.UP, 0);
    long inputs = shapes.size(LowRank.DOWN, 1);
    String kernels = shapes.has(LowRank.MID) ? LowRank.MID : LowRank.DOWN;
    return Optional.of(shapes.isKernels(kernels) ? shapes.convolution(outputs, inputs, kernels)
        : new Shape(outputs, inputs));
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!isOwn(saved)) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    LowRank product = LowRank.restored(layer, tensors);
    return Optional.of(new TurnedAdapter(layer, product, Scale.ofSaved(saved, product.down().getShape().get(0)),
        Magnitude.restored(layer, tensors), Dropouts.NONE));
  }

  /** A product on a decomposed weight that says what its strength does. */
  private static final class TurnedAdapter extends ProductAdapter {
    TurnedAdapter(TargetLayer layer, LowRank product, Scale scale, Magnitude magnitude, Dropouts dropouts) {
      super(layer, product, scale, magnitude, dropouts);
    }

    @Override
    public Map<String, Double> constants() {
      Map<String, Double> constants = new LinkedHashMap<>(super.constants());
      constants.put(AdapterModule.TURNS_LENGTHS, 1.0);
      return constants;
    }
  }
}
