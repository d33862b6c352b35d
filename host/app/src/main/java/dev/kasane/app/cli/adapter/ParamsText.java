package dev.kasane.app.cli.adapter;

import dev.kasane.app.params.GpuFit;
import dev.kasane.app.params.MemoryForecast;
import dev.kasane.app.params.ParameterPlan;
import dev.kasane.app.params.TrainingSetup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code kasane params} prints. */
final class ParamsText {
  private ParamsText() {}

  /** For programs. Sizes are bytes, those of GPUs 10⁹ of them. */
  static Map<String, Object> json(ParameterPlan plan, TrainingSetup setup) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("family", plan.family());
    all.put("modelParameters", plan.modelParameters());
    all.put("layers", plan.layers());
    all.put("trainableParameters", plan.trainableParameters());
    all.put("adapterBytes", plan.adapterBytes());
    all.put("forecast", json(plan.forecast()));
    if (setup.onGpu()) {
      all.put("gpus", plan.gpus().stream().map(ParamsText::json).toList());
    }
    return all;
  }

  private static Map<String, Object> json(MemoryForecast forecast) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("weights", forecast.weights());
    all.put("decoded", forecast.decoded());
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

  private static Map<String, Object> json(GpuFit fit) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("options", options(fit));
    all.put("total", fit.bytes());
    all.put("fits", fit.cards());
    return all;
  }

  /** For people. */
  static List<String> lines(ParameterPlan plan, TrainingSetup setup) {
    MemoryForecast forecast = plan.forecast();
    double share = 100.0 * plan.trainableParameters() / plan.modelParameters();
    List<String> lines = new ArrayList<>(List.of(
        String.format(Locale.ROOT, "model                 %s, %,d parameters", plan.family(), plan.modelParameters()),
        String.format(Locale.ROOT, "trainable parameters  %,d on %d layers (%.3f %%)", plan.trainableParameters(),
            plan.layers(), share),
        "adapter file          " + size(plan.adapterBytes()),
        "memory of training    " + either(forecast.total(), forecast.segmentedTotal(), " with gradient checkpointing")
            + " (" + setup.precision() + ", batch " + setup.batch() + ")",
        "  weights             " + size(forecast.weights())));
    setup.storage().ifPresent(each -> lines.add("  decoded             " + size(forecast.decoded())));
    lines.addAll(List.of(
        "  adapter             " + size(forecast.adapter()),
        "  gradients           " + size(forecast.gradients()),
        "  optimiser           " + size(forecast.optimizer()),
        "  activations         " + either(forecast.activations(), forecast.segmentedActivations(), ""),
        "  engine              " + size(forecast.engine())));
    if (setup.onGpu()) {
      lines.add("GPUs that hold it, of " + GpuFit.CARDS.stream().map(String::valueOf).collect(Collectors.joining(", "))
          + " GB");
      plan.gpus().forEach(fit -> lines.add("  " + cards(fit) + ": " + size(fit.bytes()) + " with " + options(fit)));
    }
    return lines;
  }

  private static String either(long whole, long segmented, String how) {
    return size(whole) + (segmented == whole ? "" : ", or " + size(segmented) + how);
  }

  private static String cards(GpuFit fit) {
    List<Integer> cards = fit.cards();
    return cards.isEmpty() ? "none of them" : cards.get(0) + " GB and more";
  }

  /** The options of the training commands. */
  private static String options(GpuFit fit) {
    TrainingSetup setup = fit.setup();
    return setup.storage().map(each -> "--base-type " + each.kind().id() + (each.doubleQuant() ? " --double-quant" : "")
            + " ").orElse("") + "--dtype " + setup.precision()
        + (fit.segmented() && setup.storage().isEmpty() ? " --gradient-checkpointing" : "")
        + (setup.eightBitMoments() ? " --optimizer adamw8bit" : "");
  }

  private static String size(long bytes) {
    return bytes < 10_000_000L ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : bytes < 10_000_000_000L ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
