package dev.kasane.app.params;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.family.Activations;
import dev.kasane.core.family.PlannedModel;
import dev.kasane.quant.QuantisationSettings;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The memory that training an adapter needs, in bytes:
 *
 * <ul>
 *   <li>weights = numbers of the base · bytes of the type, see {@link PlannedModel#weightBytes}, or their codes and
 *       scales
 *   <li>decoded = of a quantised base the weights of one block, which backward needs dense
 *   <li>adapter = trained numbers · 4, gradients the same, AdamW's two averages twice that, or in 8 bits: they are
 *       float32 otherwise
 *   <li>activations = batch · what backward keeps of one example, as its family says; a quantised base is always
 *       trained in segments
 *   <li>engine = on the host 350 MB, measured: the virtual machine, libtorch and its threads' scratch memory; on a GPU
 *       600 MB, not measured but supposed: what a process that uses libtorch for CUDA takes before it computes
 * </ul>
 *
 * <p>host/bench/RESULTS.md has forecasts beside real runs on the host.
 *
 * @param weights the base
 * @param decoded dense copies of a part of it
 * @param adapter the adapter's parameters
 * @param gradients their gradients
 * @param optimizer the optimiser's averages
 * @param activations what backward keeps
 * @param segmentedActivations the same in segments
 * @param engine what a run has whatever it trains
 */
public record MemoryForecast(long weights, long decoded, long adapter, long gradients, long optimizer,
    long activations, long segmentedActivations, long engine) {
  private static final long HOST_ENGINE = 350_000_000;
  private static final long GPU_ENGINE = 600_000_000;

  /**
   * Forecasts.
   *
   * @param sizes shapes of what is trained, by names, for each layer by its path
   */
  static MemoryForecast of(PlannedModel model, Map<String, Map<String, Shape>> sizes, TrainingSetup setup) {
    Activations kept = model.activations().of(sizes.keySet(), setup.precision().dataType());
    Optional<QuantisationSettings> storage = setup.storage();
    Optional<ToLongFunction<Shape>> codes = storage.map(each -> each::bytes);
    long trained = sum(sizes, shape -> shape.size() * Float.BYTES);
    return new MemoryForecast(model.weightBytes(setup.precision(), codes, !setup.onGpu()),
        storage.isPresent() ? model.decodedBytes(setup.precision()) : 0, trained, trained,
        sum(sizes, setup::momentBytes), setup.batch() * (storage.isPresent() ? kept.segmented() : kept.whole()),
        setup.batch() * kept.segmented(), setup.onGpu() ? GPU_ENGINE : HOST_ENGINE);
  }

  private static long sum(Map<String, Map<String, Shape>> sizes, ToLongFunction<Shape> bytes) {
    return sizes.values().stream().map(Map::values).flatMap(Collection::stream).mapToLong(bytes).sum();
  }

  /** Everything, for a run in one piece, or in segments where the base is quantised. */
  public long total() {
    return segmentedTotal() - segmentedActivations + activations;
  }

  /** Everything, for a run in segments. */
  public long segmentedTotal() {
    return weights + decoded + adapter + gradients + optimizer + segmentedActivations + engine;
  }
}
