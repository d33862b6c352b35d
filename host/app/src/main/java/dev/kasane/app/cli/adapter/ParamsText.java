package dev.kasane.app.cli.adapter;

import dev.kasane.app.params.MemoryForecast;
import dev.kasane.app.params.ParameterPlan;
import dev.kasane.core.tensor.ElementType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code kasane params} prints. */
final class ParamsText {
  private ParamsText() {}

  /** For programs. Sizes are bytes. */
  static Map<String, Object> json(ParameterPlan plan) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("family", plan.family());
    all.put("modelParameters", plan.modelParameters());
    all.put("layers", plan.layers());
    all.put("trainableParameters", plan.trainableParameters());
    all.put("adapterBytes", plan.adapterBytes());
    all.put("forecast", json(plan.forecast()));
    return all;
  }

  private static Map<String, Object> json(MemoryForecast forecast) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("weights", forecast.weights());
    all.put("adapter", forecast.adapter());
    all.put("gradients", forecast.gradients());
    all.put("optimizer", forecast.optimizer());
    all.put("activations", forecast.activations());
    all.put("activationsInSegments", forecast.segmentedActivations());
    all.put("engine", forecast.engine());
    all.put("total", forecast.total());
    all.put("totalInSegments", forecast.segmentedTotal());
    return all;
  }

  /** For people. */
  static List<String> lines(ParameterPlan plan, int batch, ElementType precision) {
    MemoryForecast forecast = plan.forecast();
    double share = 100.0 * plan.trainableParameters() / plan.modelParameters();
    return List.of(
        String.format(Locale.ROOT, "model                 %s, %,d parameters", plan.family(), plan.modelParameters()),
        String.format(Locale.ROOT, "trainable parameters  %,d on %d layers (%.3f %%)", plan.trainableParameters(),
            plan.layers(), share),
        "adapter file          " + size(plan.adapterBytes()),
        "memory of training    " + size(forecast.total()) + ", or " + size(forecast.segmentedTotal())
            + " with gradient checkpointing (" + precision + ", batch " + batch + ")",
        "  weights             " + size(forecast.weights()),
        "  adapter             " + size(forecast.adapter()),
        "  gradients           " + size(forecast.gradients()),
        "  optimiser           " + size(forecast.optimizer()),
        "  activations         " + size(forecast.activations()) + ", or " + size(forecast.segmentedActivations()),
        "  engine              " + size(forecast.engine()));
  }

  private static String size(long bytes) {
    return bytes < 10_000_000L ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : bytes < 10_000_000_000L ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
