package dev.kasane.app.cli;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.image.AdapterReference;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.text.TextAdapters;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.text.model.CausalLm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The adapters of a language model: for every prompt, or by name for single ones; use it as a mixin. */
final class TextAdapterOptions {
  @Mixin
  private PluginOptions plugins;

  @Option(names = "--adapter", paramLabel = "DIR[:WEIGHT]", converter = Words.Adapter.class,
      description = "Adapter for every prompt and its strength, 1 for as trained; several add up.")
  private List<AdapterReference> everywhere = new ArrayList<>();

  @Option(names = "--named-adapter", paramLabel = "NAME=DIR[:WEIGHT]",
      description = "Adapter for the prompts of --prompts that name it; may be given several times.")
  private Map<String, String> named = new LinkedHashMap<>();

  private PluginHost host;

  /** Attaches those that are for every prompt. */
  void attach(CausalLm model, NDManager scope) {
    everywhere.forEach(reference -> loader().load(reference, model, scope));
  }

  /** Loads those that have names, without attaching them. */
  Map<String, AdapterSet> named(CausalLm model, NDManager scope) {
    Map<String, AdapterSet> sets = new LinkedHashMap<>();
    named.forEach((name, reference) -> {
      AdapterSet set = loader().load(AdapterReference.parse(reference), model, scope);
      set.detach();
      sets.put(name, set);
    });
    return sets;
  }

  /** Refuses named adapters where no prompt can name them. */
  void requireNoNames() {
    if (!named.isEmpty()) {
      throw new UserException("Option --named-adapter needs --prompts, whose lines name adapters. For every prompt"
          + " use --adapter.");
    }
  }

  private TextAdapters loader() {
    if (host == null) {
      host = plugins.start();
    }
    return new TextAdapters(host.formats(), host.methods());
  }

  /** Stops the plugins, when the model is not used any more. */
  void close() {
    if (host != null) {
      host.close();
    }
  }
}
