package dev.kasane.app.cli.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.AdapterVocabulary;
import dev.kasane.app.algebra.Bases;
import dev.kasane.app.algebra.ModelMerge;
import dev.kasane.app.algebra.ReadAdapter;
import dev.kasane.app.cli.options.AdapterBases;
import dev.kasane.app.cli.options.ProgressSteps;
import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.merge.CheckpointMerge;
import dev.kasane.core.algebra.merge.MergeOptions;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.Engines;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code merge} and {@code unmerge} have in common; use it as a mixin. */
final class MergeWork {
  private static final int SHOWN = 3;

  @Option(names = "--base", paramLabel = "BASE", required = true,
      description = "The model: a folder in diffusers' layout, a language model's folder, a .safetensors or .ckpt"
          + " file, or demo. It is not changed.")
  private Path model;

  @Option(names = "--adapter", paramLabel = "FILE[:WEIGHT]", required = true, converter = Words.Adapter.class,
      description = "Adapter file and its strength, 1 for as trained; repeat it for several.")
  private List<AdapterReference> adapters = new ArrayList<>();

  @Sets("output")
  @Option(names = "--out", paramLabel = "OUT", required = true,
      description = "The new model: a folder when the base is one, else a .safetensors file.")
  private Path out;

  @Option(names = "--verify", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Compare each changed weight with the old one and the adapters attached, for random inputs,"
          + " store the result in the metadata, and fail when it is off (default: yes).")
  private boolean verify;

  @Mixin
  private AlgebraInputOptions input;

  void run(boolean subtract, PrintWriter log) {
    Path model = AdapterBases.path(this.model);
    try (PluginHost host = input.start(); CheckpointLayers layers = Bases.open(model);
        NDManager scope = Engines.newManager()) {
      AlgebraInputOptions.Fitting base = AlgebraInputOptions.fitting(adapters, host, layers);
      List<ReadAdapter> read = input.read(adapters, host, base.layers(), scope);
      ModelMerge merge = new ModelMerge(base.layers(), host.methods(), new MergeOptions(subtract, verify));
      CheckpointMerge.Result result;
      try (ProgressSteps steps = new ProgressSteps(subtract ? "Unmerging" : "Merging", "tensors")) {
        result = merge.write(input.parts(read), ModelMerge.metadata(operation(subtract), model, read),
            base.vocabulary().map(AdapterVocabulary::tokeniserFiles).orElse(List.of()), out, steps);
      }
      report(result, read, log);
    }
  }

  private String operation(boolean subtract) {
    return (subtract ? "unmerge " : "merge ") + adapters.stream()
        .map(each -> each.name() + ":" + each.weight()).collect(Collectors.joining(", "));
  }

  private void report(CheckpointMerge.Result result, List<ReadAdapter> read, PrintWriter log) {
    log.println(result.layers() + " layers changed");
    if (!result.unchanged().isEmpty()) {
      log.println(result.unchanged().size() + " tensors stayed as they were: their type rounds so small an update"
          + " away (" + result.unchanged().stream().limit(SHOWN).collect(Collectors.joining(", ")) + ")");
    }
    read.stream().filter(each -> each.model().components().containsKey(AdapterModel.EMBEDDINGS))
        .forEach(each -> log.println("the learned words of " + each.name() + " are not in the model: keep them"));
    log.println("self-test: " + (verify ? result.verification().text() : "not verified"));
    log.println(out);
    log.flush();
  }
}
