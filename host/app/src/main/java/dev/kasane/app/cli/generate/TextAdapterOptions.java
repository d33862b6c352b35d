package dev.kasane.app.cli.generate;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.AdapterVocabulary;
import dev.kasane.app.adapter.LoadedAdapter;
import dev.kasane.app.cli.options.AdapterFileOptions;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.text.base.TextBase;
import dev.kasane.text.base.TextFamily;
import dev.kasane.text.model.CausalLm;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The adapters of a language model: for every prompt, or by name for single ones; use it as a mixin. */
final class TextAdapterOptions {
  @Mixin
  private AdapterFileOptions everywhere;

  @RecipeKey
  @Option(names = "--named-adapter", paramLabel = "NAME=FILE[:WEIGHT]",
      description = "Adapter for the prompts of --prompts that name it; may be given several times.")
  private Map<String, String> named = new LinkedHashMap<>();

  private PluginHost host;

  /**
   * Adapters on a model, and the plugins that they need.
   *
   * @param named those that single prompts name, not attached
   * @param host null when no adapter was asked for
   */
  record Attached(Map<String, AdapterSet> named, PluginHost host) implements AutoCloseable {
    @Override
    public void close() {
      if (host != null) {
        host.close();
      }
    }
  }

  /**
   * A model with the vocabulary of its adapters, where that is another one than its own.
   *
   * @param model a model without weights
   * @param notices gets lines about what that changes
   */
  TextBase fitting(TextBase model, Consumer<String> notices) {
    List<Path> files = Stream.concat(everywhere.references().stream().map(AdapterReference::file),
        named.values().stream().map(text -> AdapterReference.parse(text).file())).toList();
    if (files.isEmpty()) {
      return model;
    }
    int own = model.checkpoint().config().vocabularySize();
    Optional<AdapterVocabulary> other = AdapterVocabulary.of(files, host().formats(), model.tables(),
        AdapterBase.live(model.parts()).places(), own);
    other.ifPresent(each -> notices.accept(each.note(own)));
    return other.map(vocabulary -> model.withVocabulary(vocabulary.rows(), vocabulary.tokeniser(), notices)).orElse(model);
  }

  private PluginHost host() {
    if (host == null) {
      host = everywhere.start();
    }
    return host;
  }

  /** Loads all, attaches those that are for every prompt, and says what became of each. */
  Attached attach(CausalLm model, NDManager scope, PrintWriter log) {
    everywhere.check();
    if (everywhere.references().isEmpty() && named.isEmpty()) {
      return new Attached(Map.of(), null);
    }
    PluginHost host = host();
    try {
      AdapterBase base = AdapterBase.live(TextFamily.parts(model));
      everywhere.attach(host, base, scope, log);
      Map<String, AdapterSet> sets = new LinkedHashMap<>();
      named.forEach((name, text) -> sets.put(name, load(name, text, host, base, scope, log)));
      return new Attached(sets, host);
    } catch (RuntimeException failure) {
      host.close();
      throw failure;
    }
  }

  private AdapterSet load(
      String name, String text, PluginHost host, AdapterBase base, NDManager scope, PrintWriter log) {
    LoadedAdapter loaded = everywhere.loading(host).fit(AdapterReference.parse(text), base, scope);
    log.print(VisibleText.of(name) + " = ");
    loaded.lines().forEach(log::println);
    log.flush();
    return loaded.set();
  }

  /** Refuses named adapters where no prompt can name them. */
  void requireNoNames() {
    if (!named.isEmpty()) {
      throw new UserException("Option --named-adapter needs --prompts, whose lines name adapters. For every prompt"
          + " use --adapter.");
    }
  }
}
