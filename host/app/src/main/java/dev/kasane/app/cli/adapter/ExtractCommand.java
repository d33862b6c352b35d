package dev.kasane.app.cli.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.algebra.Bases;
import dev.kasane.app.algebra.OnlyLayers;
import dev.kasane.app.algebra.Parentage;
import dev.kasane.app.cli.options.AdapterBases;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.cli.options.ProgressSteps;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.Extractor;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.algebra.RankRule.Kind;
import dev.kasane.core.algebra.RankRule;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.algebra.Verifier;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kasane extract}. */
@Command(name = "extract", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Make a LoRA of the difference between a fine-tuned model and its base. Computed on the CPU.")
public final class ExtractCommand implements Callable<Integer> {
  /** Singular values of float32 matrices are good to about this, relative to the largest. */
  private static final double DECOMPOSITION_BOUND = 1e-4;

  @Spec
  private CommandSpec spec;

  @Option(names = "--base", paramLabel = "BASE", required = true,
      description = "The model before: a folder, a file, or demo.")
  private Path base;

  @Option(names = "--tuned", paramLabel = "MODEL", required = true, description = "The model after, in any layout.")
  private Path tuned;

  @Mixin
  private RankOptions ranks;

  @Option(names = "--energy", paramLabel = "S",
      description = "Keep the fewest ranks whose sum of squared singular values reaches this share, above 0 to 1.")
  private Double energy;

  @Option(names = "--frobenius", paramLabel = "S",
      description = "Keep the fewest ranks whose Frobenius norm reaches this share, above 0 to 1.")
  private Double frobenius;

  @Option(names = "--only", paramLabel = "PATTERN", split = ",",
      description = "Layers to look at: whole parts of their paths, such as attentions or text_encoder. All linear"
          + " layers and convolutions otherwise.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--clamp", paramLabel = "Q", defaultValue = "1",
      description = "Quantile to which the factors are clamped; sd-scripts takes 0.99 (default: ${DEFAULT-VALUE},"
          + " none).")
  private double clamp;

  @Option(names = "--min-difference", paramLabel = "D", defaultValue = "1e-6",
      description = "Leave layers out whose weights differ nowhere by more (default: ${DEFAULT-VALUE}).")
  private double smallest;

  @Mixin
  private PluginOptions plugins;

  @Mixin
  private AdapterOutputOptions output;

  @Override
  public Integer call() throws IOException {
    Map<Kind, Double> dynamic = new LinkedHashMap<>();
    dynamic.put(Kind.ENERGY, energy);
    dynamic.put(Kind.FROBENIUS, frobenius);
    RankRule linear = ranks.linear(spec.commandLine(), dynamic);
    Words.requireShare(spec.commandLine(), "--clamp", clamp);
    try (PluginHost host = plugins.start(); CheckpointLayers before = Bases.open(AdapterBases.path(base));
        CheckpointLayers after = Bases.open(tuned); NDManager scope = Engines.newManager()) {
      output.check(host);
      extract(before, selected(after), linear, host, scope);
    }
    return ExitCode.OK;
  }

  private LayerTable selected(CheckpointLayers after) {
    Map<String, Double> patterns = new LinkedHashMap<>();
    only.forEach(pattern -> patterns.put(pattern, 1.0));
    return only.isEmpty() ? after : new OnlyLayers(after, new BlockWeights(patterns));
  }

  private void extract(LayerTable before, LayerTable after, RankRule linear, PluginHost host, NDManager scope)
      throws IOException {
    Extractor.Extracted extracted;
    try (ProgressSteps steps = new ProgressSteps("Extracting", "layers")) {
      extracted = new Extractor(linear, ranks.convolution(linear), clamp, smallest, steps)
          .extract(before, after,
              Parentage.ofModels("extract at " + linear.text(), AdapterBases.path(base), tuned), scope);
    }
    ElementType stored = output.precision(List.of());
    AdapterModel rounded = Verifier.rounded(extracted.model(), stored, scope);
    Verification verification = output.verify() && clamp == 1
        ? Verification.of("update differs from the models' difference by what was cut off", extracted.error(),
            DECOMPOSITION_BOUND)
        : new Verification(List.of());
    PrintWriter log = spec.commandLine().getOut();
    report(extracted, log);
    output.write(rounded, verification, "kohya", stored, host, log);
  }

  private static void report(Extractor.Extracted extracted, PrintWriter log) {
    double worst = extracted.layers().values().stream().mapToDouble(Extractor.Cut::lost).max().orElse(0);
    String rank = ResizeCommand.range(extracted.layers().values().stream().mapToInt(Extractor.Cut::rank)
        .summaryStatistics());
    log.println(String.format(Locale.ROOT, "%d layers at rank %s, %d without a difference; at most %.2f %% of a"
        + " layer's norm is lost", extracted.layers().size(), rank, extracted.equal().size(), 100 * worst));
  }
}
