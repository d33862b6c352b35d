package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
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
import java.util.Set;

/** A method for tests: ΔW is a full matrix, times an option. Linear layers only. */
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
    return List.of(new AdapterOption("alpha", AdapterOption.Type.NUMBER, "1", "Factor of the matrix."));
  }

  @Override
  public boolean supports(TargetLayer layer) {
    return layer.kind() == TargetLayer.Kind.LINEAR;
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    double alpha = options.number("alpha");
    if (alpha < 0) {
      throw new UserException("alpha must not be negative.");
    }
    return (layer, scope) -> {
      NDArray diff = scope.zeros(layer.weight().shape(), DataType.FLOAT32);
      diff.setRequiresGradient(true);
      return new Adapter(layer, diff, alpha);
    };
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!saved.tensors().keySet().equals(Set.of("diff"))) {
      return Optional.empty();
    }
    NDArray diff = saved.tensors().get("diff");
    if (!diff.getShape().equals(layer.weight().shape())) {
      throw new UserException(layer.path() + ": diff has shape " + diff.getShape() + ".");
    }
    NDArray copy = diff.duplicate();
    copy.attach(scope);
    return Optional.of(new Adapter(layer, copy, saved.constants().get("alpha")));
  }

  private record Adapter(TargetLayer layer, NDArray diff, double alpha) implements LayerAdapter {
    @Override
    public NDArray weightDelta(NDManager scope, double multiplier) {
      NDArray delta = OPS.scale(diff, alpha * multiplier);
      delta.attach(scope);
      return delta;
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of("diff", diff);
    }

    @Override
    public Map<String, Double> constants() {
      return Map.of("alpha", alpha);
    }
  }
}
