package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** DoRA: LoRA or LoCon on a weight that is decomposed into direction and length. */
@Extension
public final class DoraMethod implements AdapterMethod {
  private static final Set<String> MARKS = Set.of(Magnitude.NAME);
  private static final Set<String> TENSORS = Set.of(LowRank.UP, LowRank.DOWN, LowRank.MID, Magnitude.NAME);

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
    return new ProductAdapter(
        product, scale, Magnitude.fresh(layer, options, scope), Dropouts.of(options));
  }

  @Override
  public Set<String> parameters() {
    return Options.with(TENSORS, AdapterModule.FACTORS);
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    if (!SavedTensors.areOf(saved, MARKS, TENSORS, AdapterModule.FACTORS)) {
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
    if (!SavedTensors.areOf(saved, MARKS, TENSORS, AdapterModule.FACTORS)) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    LowRank product = LowRank.restored(layer, tensors);
    return Optional.of(new ProductAdapter(product, Scale.ofSaved(saved, product.down().getShape().get(0)),
        Magnitude.restored(layer, tensors), Dropouts.NONE));
  }
}
