package dev.kasane.diffusion.demo.base;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * Trains the embedded demo base from nothing: first the autoencoder, then text encoder and U-Net together
 * on its latents. Everything it learns from is drawn by this project.
 */
public final class DemoBaseTrainer {
  private static final long SEED = 20;

  private final Path work;
  private final Function<String, TrainingListener> progress;
  private final DemoBaseConfig config = DemoBaseConfig.load();

  /**
   * @param work folder for the checkpoints of the stages; a second call goes on from there
   * @param progress a listener for each stage, by the stage's name
   */
  public DemoBaseTrainer(Path work, Function<String, TrainingListener> progress) {
    this.work = work;
    this.progress = progress;
  }

  /**
   * Trains the autoencoder.
   *
   * @param steps optimiser steps of 16 pictures
   * @param owner owner of the weights
   */
  public AutoencoderKL trainAutoencoder(long steps, NDManager owner) {
    TorchBridge.seed(SEED);
    AutoencoderKL vae = new AutoencoderKL(config.vae());
    Map<String, NDArray> parameters = FreshWeights.give(vae, path -> false, owner);
    try (NDManager scope = Engines.newManager()) {
      Stage stage = new Stage(parameters, work.resolve("vae"), progress.apply("autoencoder"), scope);
      VaeStage objective = new VaeStage(vae, SEED, 16);
      stage.run(objective, objective,
          new LearningRate(LearningRate.Kind.COSINE, 2e-3, 50, steps), 0.995);
      stage.useAverage();
    }
    return vae;
  }
}
