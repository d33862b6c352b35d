package dev.kasane.text.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.generation.Continuation;
import dev.kasane.text.generation.GenerationOptions;
import dev.kasane.text.generation.Generator;
import dev.kasane.text.generation.Prompt;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoLanguageModelTrainerTest {
  @TempDir
  private Path folder;

  @Test
  void aShortTrainingLearnsAndGivesAFolderThatOpens() throws IOException {
    long steps = Long.getLong("kasane.demo.steps", 12);
    List<Double> losses = new ArrayList<>();
    TrainingListener listener = new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        losses.add(step.loss());
      }
    };
    Path out = folder.resolve("demo");
    try (NDManager owner = Engines.newManager()) {
      new DemoLanguageModelTrainer(folder.resolve("work"), listener).train(steps, owner).write(out);
    }
    assertThat(losses.get(0)).isBetween(6.5, 7.3);
    assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0) - 1);
    long bytes = 0;
    try (var files = Files.list(out)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertThat(bytes).isLessThan(8_000_000);
    try (NDManager owner = Engines.newManager()) {
      CausalLm model = TextCheckpoint.open(out).model(ElementType.FLOAT32, owner);
      Tokenizer tokenizer = Tokenizers.open(out);
      assertThat(Tokenizers.fitted(tokenizer, model.config().vocabularySize(), out, notice -> { })).isSameAs(tokenizer);
      Continuation more = new Generator(model, tokenizer, tokenizer.endOfTextIds()).generate(
          List.of(Prompt.of(tokenizer.encode("In the morning", true), GenerationOptions.greedy(8))),
          (row, piece) -> { }, owner).get(0);
      assertThat(more.tokens()).hasSizeBetween(1, 8);
    }
  }
}
