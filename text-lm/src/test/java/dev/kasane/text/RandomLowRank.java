package dev.kasane.text;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.NarrowProduct;
import dev.kasane.core.lowrank.NarrowUpdate;
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

/** A method whose update is a product of two matrices, random from the start, and which says so. */
public final class RandomLowRank implements AdapterMethod {
  private static final int RANK = 3;

  @Override
  public String id() {
    return "random-low-rank";
  }

  @Override
  public String description() {
    return "A random product.";
  }

  @Override
  public List<AdapterOption> options() {
    return List.of();
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    return (layer, scope) -> new Adapter(layer,
        scope.randomNormal(0, 0.3f, new Shape(RANK, layer.inputs()), DataType.FLOAT32),
        scope.randomNormal(0, 0.3f, new Shape(layer.outputs(), RANK), DataType.FLOAT32));
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return Optional.empty();
  }

  private record Adapter(TargetLayer layer, NDArray down, NDArray up) implements LayerAdapter, NarrowUpdate {
    @Override
    public NDArray weightDelta(NDManager scope, double multiplier) {
      return OPS.scale(up.matMul(down), multiplier);
    }

    @Override
    public Optional<List<NarrowProduct>> products(double multiplier, Phase phase) {
      return Optional.of(List.of(new NarrowProduct(down, up, multiplier)));
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of("down", down, "up", up);
    }
  }
}
