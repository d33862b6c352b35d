package dev.kasane.text.base;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.family.Samples;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.tensor.Engines;
import dev.kasane.text.data.TemplateText;
import dev.kasane.text.generation.Continuation;
import dev.kasane.text.generation.GenerationOptions;
import dev.kasane.text.generation.Generator;
import dev.kasane.text.generation.Prompt;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a language model says to a few prompts of the data. */
public final class SampleAnswers implements Samples<String> {
  private final CausalLm model;
  private final Generator generator;
  private final Tokenizer tokenizer;
  private final List<TemplateText> texts;
  private final List<Prompt> prompts;

  /**
   * @param model the base, with or without adapters
   * @param tokenizer the base's
   * @param texts texts up to where the model is to go on; those too long for the model are left out
   * @param tokens longest answer
   */
  public SampleAnswers(CausalLm model, Tokenizer tokenizer, List<TemplateText> texts, int tokens) {
    this.model = model;
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

  @Override
  public boolean isEmpty() {
    return prompts.isEmpty();
  }

  @Override
  public String ending() {
    return "txt";
  }

  @Override
  public List<String> make() {
    try (NDManager scope = Engines.newManager(model.device())) {
      return generator.generate(prompts, (row, piece) -> { }, scope).stream().map(Continuation::text).toList();
    }
  }

  @Override
  public void write(List<String> answers, Path file) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < answers.size(); i++) {
      text.append("--- prompt\n").append(texts.get(i).whole()).append("\n--- answer\n").append(answers.get(i))
          .append("\n\n");
    }
    replace(file, text.toString());
  }

  @Override
  public void writeBeforeAfter(List<String> before, List<String> after, Path file) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < after.size(); i++) {
      text.append("--- prompt\n").append(texts.get(i).whole()).append("\n--- before\n").append(before.get(i))
          .append("\n--- after\n").append(after.get(i)).append("\n\n");
    }
    replace(file, text.toString());
  }

  private static void replace(Path file, String text) {
    try {
      PendingFile.replace(file, text);
    } catch (IOException e) {
      throw new UserException("Sample answers " + file + " cannot be written: " + FileFaults.reason(e)
          + ". Free some space, then run the same command again to go on.", e);
    }
  }
}
