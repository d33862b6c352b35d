package dev.kasane.app.cli.generate;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.EmbeddingReference;
import dev.kasane.app.cli.options.AdapterFileOptions;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.image.PromptWords;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.diffusion.pipeline.ImageModel;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that give a picture model adapters and learned words; use it as a mixin. */
final class WordOptions {
  @Mixin
  private AdapterFileOptions adapters;

  @RecipeKey
  @Option(names = "--embedding", paramLabel = "FILE[:WORD]", converter = Words.Embedding.class,
      description = "File of learned words (textual inversion) for the prompts; WORD is what its word shall be"
          + " called, by default as the file says. Repeat it for several. Words that come with an adapter are"
          + " there already.")
  private List<EmbeddingReference> embeddings = new ArrayList<>();

  AdapterFileOptions adapters() {
    return adapters;
  }

  /** The files of words in the order in which they were named. */
  List<EmbeddingReference> embeddings() {
    return List.copyOf(embeddings);
  }

  /**
   * What was loaded.
   *
   * @param model the base, whose prompts know all words
   * @param host of the methods; null where nothing was loaded
   */
  record Loaded(ImageModel model, PluginHost host) implements AutoCloseable {
    @Override
    public void close() {
      if (host != null) {
        host.close();
      }
    }
  }

  /**
   * Puts adapters and words on a model and says what became of each. Starts no plugin when there is none to load.
   *
   * @return to be closed when the model is not used any more
   */
  Loaded load(ImageModel model, NDManager scope, PrintWriter log) {
    if (adapters.references().isEmpty() && embeddings.isEmpty()) {
      return new Loaded(model, null);
    }
    PluginHost host = adapters.start();
    try {
      PromptWords words = new PromptWords(model);
      adapters.attach(host, AdapterBase.live(model.parts()), scope, loaded -> {
        loaded.lines().forEach(log::println);
        words.add(loaded).forEach(log::println);
      });
      embeddings.forEach(each -> log.println(words.add(each, host.formats(), scope)));
      log.flush();
      return new Loaded(words.model(), host);
    } catch (RuntimeException failure) {
      host.close();
      throw failure;
    }
  }
}
