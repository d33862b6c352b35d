package dev.kasane.diffusion.training;

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
import dev.kasane.core.tensor.Ops;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A method for tests, since plugins are out of reach here: ΔW is a full matrix. */
final class FullDelta implements AdapterMethod {
  @Override
  public String id() {
    return "full-delta";
  }

  @Override
  public String description() {
    return "A full matrix.";
  }

  @Override
  public List<AdapterOption> options() {
    return List.of();
  }

  @Override
  public boolean supports(TargetLayer layer) {
    return true;
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    return (layer, scope) -> {
      NDArray diff = scope.zeros(layer.weight().shape(), DataType.FLOAT32);
      diff.setRequiresGradient(true);
      return new Adapter(layer, diff);
    };
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return Optional.empty();
  }

  private record Adapter(TargetLayer layer, NDArray diff) implements LayerAdapter {
    @Override
    public NDArray forward(NDArray x, double multiplier, Phase phase) {
      return layer.apply(x, OPS.cast(weightDelta(x.getManager(), multiplier), Ops.typeOf(x)));
    }

    @Override
    public NDArray weightDelta(NDManager scope, double multiplier) {
      NDArray delta = OPS.scale(diff, multiplier);
      delta.attach(scope);
      return delta;
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of("diff", diff);
    }
  }
}
