package dev.kasane.app.params;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.family.PlannedModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.format.BlockSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A way to train, and whether a GPU's memory holds it.
 *
 * @param setup how
 * @param segmented whether in segments
 * @param bytes memory that it needs
 */
public record GpuFit(TrainingSetup setup, boolean segmented, long bytes) {
  /** Memory of the GPUs that people have, in GB. */
  public static final List<Integer> CARDS = List.of(6, 8, 12, 16, 24);

  private static final long GIGABYTE = 1_000_000_000;
  private static final QuantisationSettings SMALLEST =
      new QuantisationSettings(QuantisationSettings.Kind.NF4, BlockSize.USUAL, true);

  /** The ways that there are from a setup on, each smaller than the one before it, the setup as it is first. */
  static List<GpuFit> of(PlannedModel model, Map<String, Map<String, Shape>> sizes, TrainingSetup asked) {
    List<GpuFit> ways = new ArrayList<>();
    TrainingSetup setup = asked.onGpu(asked.precision());
    add(ways, model, sizes, setup);
    if (setup.storage().isEmpty()) {
      TrainingSetup half = asked.precision() == ElementType.FLOAT32 ? asked.onGpu(ElementType.BFLOAT16) : setup;
      if (half != setup) {
        add(ways, model, sizes, half);
      }
      add(ways, model, sizes, half.quantised(SMALLEST));
    }
    return ways;
  }

  private static void add(
      List<GpuFit> ways, PlannedModel model, Map<String, Map<String, Shape>> sizes, TrainingSetup setup) {
    MemoryForecast forecast = MemoryForecast.of(model, sizes, setup);
    if (setup.storage().isEmpty()) {
      ways.add(new GpuFit(setup, false, forecast.total()));
    }
    ways.add(new GpuFit(setup, true, forecast.segmentedTotal()));
  }

  /** Which of the {@link #CARDS} hold it. */
  public List<Integer> cards() {
    return CARDS.stream().filter(size -> bytes <= size * GIGABYTE).toList();
  }
}
