package dev.kasane.app.cli.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterMisfit;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.AdapterVocabulary;
import dev.kasane.app.algebra.AdapterReader;
import dev.kasane.app.algebra.Bases;
import dev.kasane.app.algebra.ReadAdapter;
import dev.kasane.app.cli.options.AdapterBases;
import dev.kasane.app.cli.options.BlockWeightOptions;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.WeightFolder;
import dev.kasane.core.injection.BlockWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How commands that compute with adapters read them; use it as a mixin. */
final class AlgebraInputOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin
  private PluginOptions plugins;

  @Sets("accept")
  @Option(names = "--adapter-accept", paramLabel = "WHAT", converter = Words.Misfit.class,
      description = "Leave out what does not fit the base: unmatched. Otherwise such files are refused.")
  private AdapterMisfit accepted;

  @Mixin
  private BlockWeightOptions blocks;

  /** Starts the plugins; the caller closes the host. */
  PluginHost start() {
    return plugins.start();
  }

  /** Opens a base; the caller closes it. Null for none. */
  static CheckpointLayers open(Path base) {
    return base == null ? null : Bases.open(AdapterBases.path(base));
  }

  /**
   * A base as adapters need it.
   *
   * @param layers the base, a language model's tables of tokens with as many rows as theirs have; null for none
   * @param vocabulary the vocabulary of the adapters where it is another one than the base's
   */
  record Fitting(CheckpointLayers layers, Optional<AdapterVocabulary> vocabulary) {}

  /** Makes a base fit the vocabulary of adapters; closing the base closes it too. */
  static Fitting fitting(List<AdapterReference> adapters, PluginHost host, CheckpointLayers base) {
    Optional<AdapterVocabulary> other = Optional.ofNullable(base).flatMap(CheckpointLayers::vocabulary)
        .flatMap(tables -> AdapterVocabulary.of(adapters.stream().map(AdapterReference::file).toList(), host.formats(),
            tables, base.paths(), base.shape(WeightFolder.COMPONENT, tables.tokens()).orElseThrow().get(0)));
    return new Fitting(other.map(each -> base.withRows(each.rows())).orElse(base), other);
  }

  /** Reads adapters; all must have been made for one base. */
  List<ReadAdapter> read(List<AdapterReference> references, PluginHost host, LayerTable base, NDManager scope) {
    AdapterReader reader = new AdapterReader(host.formats(), host.methods(), Optional.ofNullable(base),
        accepted == AdapterMisfit.UNMATCHED);
    List<ReadAdapter> adapters = references.stream().map(each -> reader.read(each, scope)).toList();
    adapters.forEach(each -> each.model().notes().forEach(note ->
        command.commandLine().getErr().println(each.name() + ": " + note)));
    ReadAdapter first = adapters.get(0);
    adapters.stream().filter(each -> !each.layers().name().equals(first.layers().name())).findFirst()
        .ifPresent(other -> {
          throw new UserException(first.name() + " was made for " + first.layers().name() + ", but " + other.name()
              + " for " + other.layers().name() + ". Adapters of different bases cannot be combined.");
        });
    return adapters;
  }

  /** The adapters with their strengths. */
  List<MixPart> parts(List<ReadAdapter> adapters) {
    List<BlockWeights> weights = blocks.of(adapters.size());
    List<MixPart> parts = new ArrayList<>();
    for (ReadAdapter adapter : adapters) {
      parts.add(new MixPart(adapter.name(), adapter.model(), adapter.reference().weight(), weights.get(parts.size())));
    }
    return parts;
  }
}
