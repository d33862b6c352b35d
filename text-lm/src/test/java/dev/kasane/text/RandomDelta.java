package dev.kasane.text;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The simplest method: a whole matrix is added to a layer's weight, random from the start. */
public final class RandomDelta implements AdapterMethod {
  @Override
  public String id() {
    return "random-delta";
  }

  @Override
  public String description() {
    return "A random matrix.";
  }

  @Override
  public List<AdapterOption> options() {
    return List.of();
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    return (layer, scope) -> {
      NDArray delta = scope.randomNormal(0, 0.15f, layer.weight().shape(), DataType.FLOAT32);
      delta.setRequiresGradient(true);
      return new Adapter(layer, delta);
    };
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return Optional.empty();
  }

  private record Adapter(TargetLayer layer, NDArray delta) implements LayerAdapter {
    @Override
    public NDArray weightDelta(NDManager owner, double multiplier) {
      return OPS.scale(delta, multiplier);
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of("delta", delta);
    }
  }
}
