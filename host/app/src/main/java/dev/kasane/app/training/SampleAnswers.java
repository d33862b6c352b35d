package dev.kasane.app.training;

import dev.kasane.core.UserException;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.tensor.Engines;
import dev.kasane.text.data.TemplateText;
import dev.kasane.text.generation.Continuation;
import dev.kasane.text.generation.GenerationOptions;
import dev.kasane.text.generation.Generator;
import dev.kasane.text.generation.Prompt;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** What the model says to a few prompts of the data, before, while and after it is trained. */
final class SampleAnswers {
  private final Generator generator;
  private final Tokenizer tokenizer;
  private final List<TemplateText> texts;
  private final List<Prompt> prompts;

  /**
   * @param texts texts up to where the model is to go on; those too long for the model are left out
   * @param tokens longest answer
   */
  SampleAnswers(CausalLm model, Tokenizer tokenizer, List<TemplateText> texts, int tokens) {
    this.generator = new Generator(model, tokenizer, tokenizer.endOfTextIds());
    this.tokenizer = tokenizer;
    long context = model.config().positions().reach();
    this.texts = texts.stream().filter(text -> ids(text).length > 0 && ids(text).length < context).toList();
    this.prompts = this.texts.stream()
        .map(text -> Prompt.of(ids(text), GenerationOptions.greedy(Math.max(1, tokens)))).toList();
  }

  private int[] ids(TemplateText text) {
    String mark = tokenizer.specialTokens().get("bos_token");
    boolean marked = text.complete() && mark != null && text.whole().startsWith(mark);
    return tokenizer.encode(text.whole(), !marked);
  }

  /** Whether there is nothing to ask. */
  boolean isEmpty() {
    return prompts.isEmpty();
  }

  /** The answers with the adapters, whose dropouts are off meanwhile. */
  List<String> with(AdapterSet adapters) {
    adapters.phase(LayerAdapter.Phase.INFERENCE);
    List<String> answers = answers();
    adapters.phase(LayerAdapter.Phase.TRAINING);
    return answers;
  }

  /** The answers of the base alone. */
  List<String> without(AdapterSet adapters) {
    adapters.detach();
    List<String> answers = answers();
    adapters.attach();
    return answers;
  }

  private List<String> answers() {
    try (NDManager scope = Engines.newManager()) {
      return generator.generate(prompts, (row, piece) -> { }, scope).stream().map(Continuation::text).toList();
    }
  }

  /** Writes prompts and answers. */
  void write(List<String> answers, Path file) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < answers.size(); i++) {
      text.append("--- prompt\n").append(texts.get(i).whole()).append("\n--- answer\n").append(answers.get(i))
          .append("\n\n");
    }
    replace(file, text.toString());
  }

  /** Writes prompts with the answers of the base and of the base with its adapters. */
  void writeBeforeAfter(List<String> before, List<String> after, Path file) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < after.size(); i++) {
      text.append("--- prompt\n").append(texts.get(i).whole()).append("\n--- before\n").append(before.get(i))
          .append("\n--- after\n").append(after.get(i)).append("\n\n");
    }
    replace(file, text.toString());
  }

  private static void replace(Path file, String text) {
    Path whole = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      Files.writeString(whole, text);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserException("Sample answers " + file + " cannot be written: " + e.getMessage()
          + ". Free some space, then run the same command again to go on.", e);
    }
  }
}
