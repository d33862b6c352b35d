package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A whole method of a third party: one learned factor for each output, ΔW = W ⊙ w, in the way of (IA)³
 * (Liu et al. 2022). It knows nothing of the live path; the interface's default derives it from ΔW.
 */
public final class OutputScaling implements AdapterMethod {
  private static final String FACTORS = "factors";

  @Override
  public String id() {
    return "output-scaling";
  }

  @Override
  public String description() {
    return "One learned factor for each output of a layer.";
  }

  @Override
  public List<AdapterOption> options() {
    return List.of();
  }

  @Override
  public Set<String> parameters() {
    return Set.of(FACTORS);
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    return (layer, scope) -> {
      NDArray factors = scope.zeros(shape(layer), DataType.FLOAT32);
      factors.setRequiresGradient(true);
      return new Scaling(layer, factors);
    };
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    NDArray factors = saved.tensors().get(FACTORS);
    if (factors == null) {
      return Optional.empty();
    }
    if (!factors.getShape().equals(shape(layer))) {
      throw new UserException(layer.path() + " takes factors of shape " + shape(layer) + ", not "
          + factors.getShape() + ".");
    }
    NDArray copy = OPS.cast(factors, DataType.FLOAT32).duplicate();
    copy.attach(scope);
    return Optional.of(new Scaling(layer, copy));
  }

  private static Shape shape(TargetLayer layer) {
    long[] sizes = new long[layer.weight().shape().dimension()];
    Arrays.fill(sizes, 1);
    sizes[0] = layer.outputs();
    return new Shape(sizes);
  }

  private record Scaling(TargetLayer layer, NDArray factors) implements LayerAdapter {
    @Override
    public NDArray weightDelta(NDManager scope, double multiplier) {
      NDArray base = OPS.cast(layer.weight().materialise(scope), DataType.FLOAT32);
      NDArray delta = OPS.scale(base.mul(factors), multiplier);
      delta.attach(scope);
      return delta;
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of(FACTORS, factors);
    }
  }
}
