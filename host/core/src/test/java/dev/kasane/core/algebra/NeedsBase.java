package dev.kasane.core.algebra;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A method whose ΔW is the base weight itself. */
final class NeedsBase implements AdapterMethod {
  @Override
  public String id() {
    return "double";
  }

  @Override
  public String description() {
    return "Doubles a weight.";
  }

  @Override
  public List<AdapterOption> options() {
    return List.of();
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return Optional.of(new LayerAdapter() {
      @Override
      public TargetLayer layer() {
        return layer;
      }

      @Override
      public NDArray weightDelta(NDManager owner, double multiplier) {
        return OPS.scale(layer.weight().materialise(owner), multiplier);
      }

      @Override
      public Map<String, NDArray> tensors() {
        return Map.of();
      }
    });
  }

  /** A base of one layer. */
  record OneLayer(NDArray array) implements LayerTable {
    @Override
    public String name() {
      return "one layer";
    }

    @Override
    public Map<String, Collection<String>> paths() {
      return Map.of("unet", List.of("to_q"));
    }

    @Override
    public Optional<Shape> shape(String component, String path) {
      return Optional.of(array.getShape());
    }

    @Override
    public Optional<NDArray> weight(String component, String path, NDManager scope) {
      return Optional.of(array);
    }
  }
}
