package dev.kasane.app.cli.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.algebra.MixCheck;
import dev.kasane.app.algebra.Parentage;
import dev.kasane.app.algebra.ReadAdapter;
import dev.kasane.app.cli.options.ProgressSteps;
import dev.kasane.app.cli.options.MajoritySign;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.DeltaSource;
import dev.kasane.core.algebra.MixMethod;
import dev.kasane.core.algebra.MixOptions;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.Mixer;
import dev.kasane.core.algebra.RankRule;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.algebra.Verifier;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kasane mix}. */
@Command(name = "mix", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Make one adapter file of several. Computed on the CPU.")
public final class MixCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE[:WEIGHT]", converter = Words.Adapter.class,
      description = "Adapter files with their strengths, 1 for as trained.")
  private List<AdapterReference> adapters;

  @Option(names = "--method", paramLabel = "METHOD", defaultValue = "cat", converter = Words.Mix.class,
      description = "cat (exactly the weighted sum, at the sum of the ranks), svd (the sum cut to --rank), linear,"
          + " ties, dare-linear, dare-ties, magnitude-prune (on the factors, which need one rank), and the last"
          + " four with -svd at their end (on whole updates, cut to --rank); as PEFT means them (default:"
          + " ${DEFAULT-VALUE}).")
  private MixMethod method;

  @Option(names = "--rank", paramLabel = "N",
      description = "Rank for methods that cut to one (default: the largest of the layer's adapters).")
  private Integer rank;

  @Option(names = "--density", paramLabel = "D", defaultValue = "0.5",
      description = "Share of entries that ties, dare and magnitude-prune keep (default: ${DEFAULT-VALUE}).")
  private double density;

  @Option(names = "--majority-sign", paramLabel = "HOW", defaultValue = "total", converter = Words.Sign.class,
      description = "How ties elects signs: total magnitude, or frequency (default: ${DEFAULT-VALUE}).")
  private MajoritySign majority;

  @Option(names = "--clamp", paramLabel = "Q", defaultValue = "1",
      description = "Quantile to which the factors of a cut are clamped (default: ${DEFAULT-VALUE}, none).")
  private double clamp;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
      description = "Seed of dare (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--base", paramLabel = "BASE",
      description = "The base model: a folder, a file, or demo; needed only for methods whose update depends on its"
          + " weights, and for image models other than Stable Diffusion 1.x, 2.x and XL.")
  private Path base;

  @Mixin
  private AlgebraInputOptions input;

  @Mixin
  private AdapterOutputOptions output;

  @Override
  public Integer call() throws IOException {
    MixOptions options = new MixOptions(method, Optional.ofNullable(rank).map(RankRule::fixed),
        method.isSparse() ? density : 1, majority == MajoritySign.FREQUENCY, clamp, seed);
    try (PluginHost host = input.start(); CheckpointLayers layers = AlgebraInputOptions.open(base);
        NDManager scope = Engines.newManager()) {
      output.check(host);
      List<ReadAdapter> read = input.read(adapters, host,
          AlgebraInputOptions.fitting(adapters, host, layers).layers(), scope);
      mix(options, read, host, scope);
    }
    return ExitCode.OK;
  }

  private void mix(MixOptions options, List<ReadAdapter> read, PluginHost host, NDManager scope)
      throws IOException {
    DeltaSource deltas = new DeltaSource(host.methods(), read.get(0).layers());
    List<MixPart> parts = input.parts(read);
    Map<String, String> metadata = Parentage.of(operation(options), read, host.formats());
    Mixer.Mixed mixed;
    try (ProgressSteps steps = new ProgressSteps("Mixing", "layers")) {
      mixed = new Mixer(options, deltas, steps).mix(parts, metadata, scope);
    }
    ElementType stored = output.precision(read);
    AdapterModel rounded = Verifier.rounded(mixed.model(), stored, scope);
    Verification verification = output.verify()
        ? new MixCheck(options, deltas, stored, scope).of(rounded, mixed.lost(), parts)
        : new Verification(List.of());
    output.write(rounded, verification, read.get(0).format(), stored, host, spec.commandLine().getOut());
  }

  private String operation(MixOptions options) {
    String sparse = options.method().isSparse() ? " density " + options.density() : "";
    String random = options.method().isRandom() ? " seed " + options.seed() : "";
    return "mix " + options.method() + sparse + random + " of " + adapters.stream()
        .map(each -> each.name() + ":" + each.weight()).collect(Collectors.joining(", "));
  }
}
