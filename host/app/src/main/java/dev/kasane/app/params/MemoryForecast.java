package dev.kasane.app.params;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.module.AdaptableLayer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The memory that training an adapter needs, in bytes, by rules of thumb:
 *
 * <ul>
 *   <li>weights = numbers of the base · bytes of the type
 *   <li>adapter = trained numbers · 4, gradients the same, AdamW's two averages twice that: they are float32
 *   <li>activations = batch · (1.2 · Σ over layers: positions · (inputs + outputs) · bytes of the type
 *       + scores · (bytes of the type + 8)): backward keeps what each layer reads and writes once, a fifth more for
 *       what lies between them (normalised, turned and opened values), and of the scores a float32 copy and its
 *       gradient
 *   <li>activations in segments = batch · (Σ over blocks: what the last layer writes · bytes of the type
 *       + the largest block's share of the above + the same for the scores): the states between the blocks
 *       and the inside of one (gradient checkpointing)
 *   <li>engine = 400 MB: the virtual machine, libtorch and its threads' scratch memory, measured
 * </ul>
 *
 * <p>Positions are a text's tokens, or a picture's latent pixels at the layer's resolution. Fused attention
 * keeps no scores of its own. host/bench/RESULTS.md has forecasts beside real runs.
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
  private static final double BETWEEN_LAYERS = 1.2;
  private static final long ENGINE = 400_000_000;

  static MemoryForecast of(PlannedModel model, long trained, DataType type, int batch) {
    Collection<AdaptableLayer> layers = model.root().adaptableLayers().values();
    long size = type.getNumOfBytes();
    long all = layers.stream().mapToLong(model::traffic).sum();
    Map<String, Long> inside = new LinkedHashMap<>();
    Map<String, Long> between = new LinkedHashMap<>();
    layers.forEach(layer -> {
      String block = model.block().apply(layer.path());
      inside.merge(block, model.traffic(layer), Long::sum);
      between.put(block, model.positions().applyAsLong(layer.path()) * layer.outputs());
    });
    long largest = inside.values().stream().mapToLong(Long::longValue).max().orElse(0);
    long states = between.values().stream().mapToLong(Long::longValue).sum();
    long scores = model.scores() * (size + 2 * FLOAT_BYTES);
    return new MemoryForecast(model.parameters() * size, trained * FLOAT_BYTES, trained * FLOAT_BYTES,
        2 * trained * FLOAT_BYTES, batch * ((long) (BETWEEN_LAYERS * all * size) + scores),
        batch * ((long) ((states + BETWEEN_LAYERS * largest) * size) + scores), ENGINE);
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
