package dev.kasane.core.algebra;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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

/** A method that keeps the difference of a weight, of a normalisation too, and of the bias. */
final class WholeDifference implements AdapterMethod {
  static final String WEIGHT = "diff";
  static final String BIAS = "diff_b";

  @Override
  public String id() {
    return "difference";
  }

  @Override
  public String description() {
    return "Whole differences.";
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
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return Optional.of(new Whole(layer, saved.tensors()));
  }

  private record Whole(TargetLayer layer, Map<String, NDArray> tensors) implements LayerAdapter {
    @Override
    public NDArray weightDelta(NDManager scope, double multiplier) {
      return OPS.scale(tensors.get(WEIGHT), multiplier);
    }

    @Override
    public Optional<NDArray> biasDelta(NDManager scope, double multiplier) {
      return Optional.ofNullable(tensors.get(BIAS)).map(bias -> OPS.scale(bias, multiplier));
    }
  }
}
