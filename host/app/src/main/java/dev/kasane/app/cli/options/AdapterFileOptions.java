package dev.kasane.app.cli.options;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.AdapterLoading;
import dev.kasane.app.adapter.AdapterMisfit;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.LoadedAdapter;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.injection.BlockWeights;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a command that uses adapters of a live model; use it as a mixin. */
public final class AdapterFileOptions {
  @Mixin
  private PluginOptions plugins;

  @RecipeKey
  @Option(names = "--adapter", paramLabel = "FILE[:WEIGHT]", converter = Words.Adapter.class,
      description = "Adapter file or folder and its strength, 1 for as trained; repeat it for several, which add"
          + " up.")
  private List<AdapterReference> adapters = new ArrayList<>();

  @Mixin
  private BlockWeightOptions blocks;

  @RecipeKey
  @Sets("accept")
  @Option(names = "--adapter-accept", paramLabel = "WHAT", split = ",", converter = Words.Misfit.class,
      description = "Use adapter files of which parts do not fit the base: unmatched (keys without a layer),"
          + " misshapen (tensors of another shape than their layer). Otherwise such files are refused.")
  private List<AdapterMisfit> accepted = new ArrayList<>();

  /** The adapters in the order in which they were named. */
  public List<AdapterReference> references() {
    return List.copyOf(adapters);
  }

  /** The weights of blocks as typed. */
  public List<String> blockWeights() {
    return blocks.words();
  }

  /** Says at once when a block's weight is for an adapter that is not there. */
  public void check() {
    blocks.of(adapters.size());
  }

  /** Starts the plugins; the caller closes them when the model is not used any more. */
  public PluginHost start() {
    return plugins.start();
  }

  /** What loads further adapters by the same rules. */
  public AdapterLoading loading(PluginHost host) {
    EnumSet<AdapterMisfit> misfits = EnumSet.noneOf(AdapterMisfit.class);
    misfits.addAll(accepted);
    return new AdapterLoading(host.formats(), host.methods(), misfits);
  }

  /** Puts the adapters on a model and says what became of each. */
  public void attach(PluginHost host, AdapterBase model, NDManager scope, PrintWriter log) {
    attach(host, model, scope, loaded -> loaded.lines().forEach(log::println));
    log.flush();
  }

  /** Puts the adapters on a model, one by one. */
  public void attach(PluginHost host, AdapterBase model, NDManager scope, Consumer<LoadedAdapter> attached) {
    AdapterLoading loading = loading(host);
    List<BlockWeights> weights = blocks.of(adapters.size());
    for (int i = 0; i < adapters.size(); i++) {
      attached.accept(loading.load(adapters.get(i), weights.get(i), model, scope));
    }
  }
}
