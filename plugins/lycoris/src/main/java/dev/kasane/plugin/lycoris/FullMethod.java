package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
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

/** Full: the difference of a whole weight, and of the bias where the layer has one. */
@Extension
public final class FullMethod implements AdapterMethod {
  private static final String DIFF = "diff";
  private static final String DIFF_BIAS = "diff_b";
  private static final Set<String> NAMES = Set.of(DIFF, DIFF_BIAS);

  @Override
  public String id() {
    return "full";
  }

  @Override
  public String description() {
    return "Whole weights and biases, kept as their difference from the base: fine-tuning as an adapter.";
  }

  @Override
  public List<AdapterOption> options() {
    return Dropouts.OPTIONS;
  }

  @Override
  public void check(AdapterOptions options) {
    Dropouts.of(options);
  }

  @Override
  public LayerAdapter attach(TargetLayer layer, AdapterOptions options, NDManager scope) {
    Starts starts = new Starts(scope);
    return new FullAdapter(starts.zeros(layer.weight().shape()),
        layer.hasBias() ? starts.zeros(layer.outputs()) : null, Dropouts.of(options));
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!SavedTensors.areOf(saved, NAMES, NAMES, Set.of())) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    boolean biased = tensors.has(DIFF_BIAS);
    if (biased && !layer.hasBias()) {
      throw new UserException("Layer " + layer.path() + ": the file has " + DIFF_BIAS
          + ", but this base's layer has no bias. The adapter was made for another base model.");
    }
    NDArray diff = tensors.take(DIFF, layer.weight().shape().getShape());
    return Optional.of(new FullAdapter(
        diff, biased ? tensors.take(DIFF_BIAS, layer.outputs()) : null, Dropouts.NONE));
  }

  /** ΔW is a parameter as it stands. */
  private static final class FullAdapter extends RebuiltAdapter {
    private final NDArray diff;
    private final NDArray biasDiff;

    FullAdapter(NDArray diff, NDArray biasDiff, Dropouts dropouts) {
      super(dropouts);
      this.diff = diff;
      this.biasDiff = biasDiff;
    }

    @Override
    NDArray rebuild(NDManager scope, TargetLayer layer, double multiplier, Dropouts drops) {
      return drops.onRows(scope, LycorisOps.scaled(scope, diff, multiplier));
    }

    @Override
    public Optional<NDArray> biasDelta(NDManager scope, TargetLayer layer, double multiplier) {
      return Optional.ofNullable(biasDiff).map(difference -> LycorisOps.scaled(scope, difference, multiplier));
    }

    @Override
    public Map<String, NDArray> tensors() {
      Map<String, NDArray> all = new LinkedHashMap<>();
      all.put(DIFF, diff);
      if (biasDiff != null) {
        all.put(DIFF_BIAS, biasDiff);
      }
      return all;
    }
  }
}
