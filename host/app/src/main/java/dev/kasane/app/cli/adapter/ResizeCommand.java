package dev.kasane.app.cli.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.algebra.Parentage;
import dev.kasane.app.algebra.ReadAdapter;
import dev.kasane.app.cli.options.ProgressSteps;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.DeltaSource;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.RankRule.Kind;
import dev.kasane.core.algebra.RankRule;
import dev.kasane.core.algebra.Resizer;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.algebra.Verifier;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.IntSummaryStatistics;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kasane resize}. */
@Command(name = "resize", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Give a LoRA another rank: the closest update of that rank, by singular values.")
public final class ResizeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "IN", description = "Adapter file.")
  private Path in;

  @Mixin
  private RankOptions ranks;

  @Option(names = "--sv-ratio", paramLabel = "R",
      description = "Keep singular values above the largest divided by R, 1 or more, and one more, as sd-scripts do.")
  private Double ratio;

  @Option(names = "--sv-cumulative", paramLabel = "S",
      description = "Keep the fewest values whose sum reaches this share of the whole, above 0 to 1, and one more.")
  private Double cumulative;

  @Option(names = "--sv-fro", paramLabel = "S",
      description = "Keep the fewest values whose Frobenius norm reaches this share of the whole, above 0 to 1,"
          + " and one more.")
  private Double frobenius;

  @Option(names = "--base", paramLabel = "BASE",
      description = "The base model: a folder, a file, or demo; needed only for image models other than Stable"
          + " Diffusion 1.x, 2.x and XL.")
  private Path base;

  @Mixin
  private AlgebraInputOptions input;

  @Mixin
  private AdapterOutputOptions output;

  @Override
  public Integer call() throws IOException {
    Map<Kind, Double> dynamic = new LinkedHashMap<>();
    dynamic.put(Kind.SV_RATIO, ratio);
    dynamic.put(Kind.SV_CUMULATIVE, cumulative);
    dynamic.put(Kind.SV_FRO, frobenius);
    RankRule linear = ranks.linear(spec.commandLine(), dynamic);
    RankRule convolution = ranks.convolution(linear);
    try (PluginHost host = input.start(); CheckpointLayers layers = AlgebraInputOptions.open(base);
        NDManager scope = Engines.newManager()) {
      output.check(host);
      List<AdapterReference> adapter = List.of(new AdapterReference(in, 1));
      List<ReadAdapter> read = input.read(adapter, host, AlgebraInputOptions.fitting(adapter, host, layers).layers(),
          scope);
      resize(read, linear, convolution, host, scope);
    }
    return ExitCode.OK;
  }

  private void resize(List<ReadAdapter> read, RankRule linear, RankRule convolution, PluginHost host,
      NDManager scope) throws IOException {
    ReadAdapter adapter = read.get(0);
    Resizer.Resized resized;
    try (ProgressSteps steps = new ProgressSteps("Resizing", "layers")) {
      resized = new Resizer(adapter.name(), linear, convolution, steps)
          .resize(adapter.model(), Parentage.of("resize to " + linear.text(), read, host.formats()), scope);
    }
    ElementType stored = output.precision(read);
    AdapterModel rounded = Verifier.rounded(resized.model(), stored, scope);
    PrintWriter log = spec.commandLine().getOut();
    report(resized, log);
    output.write(rounded, verification(rounded, resized, read, host, stored, scope), adapter.format(), stored,
        host, log);
  }

  private Verification verification(AdapterModel rounded, Resizer.Resized resized, List<ReadAdapter> read,
      PluginHost host, ElementType stored, NDManager scope) {
    if (!output.verify()) {
      return new Verification(List.of());
    }
    Map<String, Double> lost = new LinkedHashMap<>();
    resized.layers().forEach((layer, kept) -> lost.put(layer, kept.lost()));
    ReadAdapter adapter = read.get(0);
    MixPart whole = new MixPart(adapter.name(), adapter.model(), 1, BlockWeights.none());
    double error = new Verifier(new DeltaSource(host.methods(), adapter.layers()))
        .distanceFromSum(rounded, lost, List.of(whole), scope);
    return Verification.of("update differs from the adapter's by what was cut off", error,
        Verifier.bound(stored));
  }

  private static void report(Resizer.Resized resized, PrintWriter log) {
    IntSummaryStatistics before = resized.layers().values().stream().mapToInt(Resizer.Kept::before)
        .summaryStatistics();
    IntSummaryStatistics after = resized.layers().values().stream().mapToInt(Resizer.Kept::after)
        .summaryStatistics();
    double worst = resized.layers().values().stream().mapToDouble(Resizer.Kept::share).max().orElse(0);
    log.println(String.format(Locale.ROOT, "%d layers, rank %s to %s; at most %.2f %% of a layer's norm is lost",
        resized.layers().size(), range(before), range(after), 100 * worst));
  }

  static String range(IntSummaryStatistics values) {
    return values.getMin() == values.getMax() ? String.valueOf(values.getMin())
        : values.getMin() + "-" + values.getMax();
  }
}
