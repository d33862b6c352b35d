package dev.kasane.text.demo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.files.Folders;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.WholeModelRun;
import dev.kasane.text.family.Families;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import dev.kasane.text.training.LanguageObjective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Trains the embedded demo language model from nothing, on text that this project generates.
 *
 * @param work folder for vocabulary and checkpoints; a second call goes on from there
 * @param progress told of every step
 */
public record DemoLanguageModelTrainer(Path work, TrainingListener progress) {
  private static final long SEED = 4;
  private static final int ROWS = 8;
  private static final int LENGTH = 256;

  /**
   * Trains.
   *
   * @param steps optimiser steps of 8 rows of 256 tokens
   * @param owner owner of the weights
   * @return the finished model, its weights averaged over the last steps
   */
  public DemoLanguageModel train(long steps, NDManager owner) {
    WorldText world = new WorldText(SEED);
    ObjectNode vocabulary = DemoLanguageModel.trainTokenizer(world);
    Tokenizer tokenizer = open(vocabulary);
    Engines.seed(SEED);
    CausalLm model = new CausalLm(Families.read(DemoLanguageModel.config(), "demo-model.json"), DataType.FLOAT32);
    Map<String, NDArray> parameters = FirstWeights.give(model, owner);
    try (NDManager scope = Engines.newManager()) {
      WholeModelRun run = new WholeModelRun(parameters, work.resolve("language-model"), progress, scope);
      run.run(new LanguageObjective(model, false), new WorldBatches(world, tokenizer, ROWS, LENGTH),
          new LearningRate(LearningRate.Kind.COSINE, 2e-3, Math.min(100, steps / 10 + 1), steps), 0.99);
      run.useAverage();
    }
    return new DemoLanguageModel(model, vocabulary);
  }

  private Tokenizer open(ObjectNode vocabulary) {
    Path folder = work.resolve("tokenizer");
    try {
      Folders.make(folder);
      DemoLanguageModel.writeTokenizer(vocabulary, folder);
    } catch (IOException e) {
      throw new UserException("Folder " + folder + " cannot be made: " + e.getMessage()
          + ". Choose another with «work».", e);
    }
    return Tokenizers.open(folder);
  }
}
