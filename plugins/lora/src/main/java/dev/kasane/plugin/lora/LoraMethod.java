package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
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

/** LoRA on linear layers and, as LoCon does, on convolutions. */
@Extension
public final class LoraMethod implements AdapterMethod {
  static final String ALPHA = "alpha";
  private static final String SCALE = "scale";

  @Override
  public String id() {
    return "lora";
  }

  @Override
  public String description() {
    return "Low-rank adaptation (LoRA) of linear layers and convolutions (LoCon).";
  }

  @Override
  public List<AdapterOption> options() {
    return LoraSettings.OPTIONS;
  }

  @Override
  public void check(AdapterOptions options) {
    LoraSettings.of(options);
  }

  @Override
  public LayerAdapter attach(TargetLayer layer, AdapterOptions options, NDManager scope) {
    LoraSettings settings = LoraSettings.of(options);
    long rank = settings.rank();
    boolean linear = layer.kind() == TargetLayer.Kind.LINEAR;
    long kernel = layer.kernel();
    Shape downShape = linear
        ? new Shape(rank, layer.inputs())
        : new Shape(rank, layer.inputs(), kernel, kernel);
    Shape upShape = linear ? new Shape(layer.outputs(), rank) : new Shape(layer.outputs(), rank, 1, 1);
    NDArray down = settings.gaussian()
        ? scope.randomNormal(0, 1f / rank, downShape, DataType.FLOAT32)
        : kaimingUniform(scope, downShape);
    NDArray up = scope.zeros(upShape, DataType.FLOAT32);
    down.setRequiresGradient(true);
    up.setRequiresGradient(true);
    return new LoraAdapter(new LoraFactors(down, null, up), settings.alpha(), settings.drops());
  }

  /** He et al. 2015 with a = √5, PyTorch's start for a linear layer: uniform within 1/√fan-in. */
  private static NDArray kaimingUniform(NDManager scope, Shape shape) {
    float bound = (float) (1 / Math.sqrt(shape.size() / (double) shape.get(0)));
    return scope.randomUniform(-bound, bound, shape, DataType.FLOAT32);
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    Set<String> names = saved.tensors().keySet();
    if (!names.contains(LoraFactors.DOWN) && !names.contains(LoraFactors.UP)
        || !Set.of(LoraFactors.DOWN, LoraFactors.MID, LoraFactors.UP).containsAll(names)
        || !Set.of(ALPHA, SCALE).containsAll(saved.constants().keySet())) {
      return Optional.empty();
    }
    LoraFactors factors = new SavedFactors(layer, saved, scope).fit();
    return Optional.of(new LoraAdapter(factors, alphaOf(saved, factors.rank()), LoraDropouts.NONE));
  }

  /** A scale of its own wins over alpha; no alpha, or one of 0, means the rank, as in kohya's scripts. */
  private static double alphaOf(AdapterModule saved, long rank) {
    Double scale = saved.constants().get(SCALE);
    if (scale != null) {
      return scale * rank;
    }
    double alpha = saved.constants().getOrDefault(ALPHA, 0.0);
    return alpha == 0 ? rank : alpha;
  }
}
