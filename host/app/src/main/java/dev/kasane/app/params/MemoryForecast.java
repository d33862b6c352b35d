package dev.kasane.app.params;

import dev.kasane.core.family.Activations;
import dev.kasane.core.family.PlannedModel;
import dev.kasane.core.tensor.ElementType;
import java.util.Set;

/**
 * The memory that training an adapter needs, in bytes:
 *
 * <ul>
 *   <li>weights = numbers of the base · bytes of the type, see {@link PlannedModel#weightBytes}
 *   <li>adapter = trained numbers · 4, gradients the same, AdamW's two averages twice that: they are float32
 *   <li>activations = batch · what backward keeps of one example, as its family says
 *   <li>engine = 350 MB: the virtual machine, libtorch and its threads' scratch memory, measured
 * </ul>
 *
 * <p>host/bench/RESULTS.md has forecasts beside real runs.
 *
 * @param weights the base
 * @param adapter the adapter's parameters
 * @param gradients their gradients
 * @param optimizer the optimiser's averages
 * @param activations what backward keeps
 * @param segmentedActivations the same in segments
 * @param engine what a run has whatever it trains
 */
public record MemoryForecast(long weights, long adapter, long gradients, long optimizer, long activations,
    long segmentedActivations, long engine) {
  private static final int FLOAT_BYTES = 4;
  private static final long ENGINE = 350_000_000;

  /**
   * Forecasts.
   *
   * @param adapted paths of the layers with an adapter
   * @param trained numbers that are trained
   */
  static MemoryForecast of(PlannedModel model, Set<String> adapted, long trained, ElementType precision, int batch) {
    Activations kept = model.activations().of(adapted, precision.dataType());
    return new MemoryForecast(model.weightBytes(precision), trained * FLOAT_BYTES, trained * FLOAT_BYTES,
        2 * trained * FLOAT_BYTES, batch * kept.whole(), batch * kept.segmented(), ENGINE);
  }

  /** Everything, for a run in one piece. */
  public long total() {
    return weights + adapter + gradients + optimizer + activations + engine;
  }

  /** Everything, for a run in segments. */
  public long segmentedTotal() {
    return weights + adapter + gradients + optimizer + segmentedActivations + engine;
  }
}
