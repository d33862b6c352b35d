package dev.kasane.diffusion.demo.base;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.WholeModelRun;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.clip.tokenizer.ClipTokenizer;
import dev.kasane.diffusion.clip.tokenizer.ClipVocabulary;
import dev.kasane.diffusion.clip.tokenizer.TinyVocabularyTrainer;
import dev.kasane.diffusion.demo.SceneCaption;
import dev.kasane.diffusion.demo.SceneGenerator;
import dev.kasane.diffusion.scheduler.NoiseSchedule;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Trains the embedded demo base from nothing: first the autoencoder, then text encoder and U-Net together
 * on its latents, last the decoder alone. Everything it learns from is drawn by this project.
 */
public final class DemoBaseTrainer {
  private static final long SEED = 20;
  private static final int CORPUS = 5000;
  private static final int SCENES = 20_000;
  private static final int PICTURES_A_STEP = 4;
  private static final int SCENES_A_STEP = 16;

  private final Path work;
  private final int scenesInAll;
  private final DataType type;
  private final TrainingListener progress;
  private final DemoBaseConfig config = DemoBaseConfig.load();

  /**
   * @param work folder for the checkpoints of the stages; a second call goes on from there
   * @param progress told of every step
   */
  public DemoBaseTrainer(Path work, TrainingListener progress) {
    this(work, progress, SCENES, DataType.BFLOAT16);
  }

  /**
   * @param scenesInAll how many scenes the second stage learns from
   * @param type what is computed in; the weights are float32
   */
  DemoBaseTrainer(Path work, TrainingListener progress, int scenesInAll, DataType type) {
    this.work = work;
    this.scenesInAll = scenesInAll;
    this.type = type;
    this.progress = progress;
  }

  /**
   * Trains the autoencoder.
   *
   * @param steps optimiser steps of 4 pictures: many small steps taught it more in the same time
   * @param owner owner of the weights
   */
  public AutoencoderKL trainAutoencoder(long steps, NDManager owner) {
    TorchBridge.seed(SEED);
    AutoencoderKL vae = new AutoencoderKL(config.vae());
    Map<String, NDArray> parameters = FreshWeights.give(vae, path -> false, owner);
    try (NDManager scope = Engines.newManager()) {
      WholeModelRun stage = new WholeModelRun(parameters, work.resolve("vae"), progress, scope);
      VaeStage objective = new VaeStage(vae, SEED, PICTURES_A_STEP, type);
      stage.run(objective, objective,
          new LearningRate(LearningRate.Kind.COSINE, 1.2e-3, 50, steps), 0.998);
      stage.useAverage();
    }
    return vae;
  }

  /**
   * Trains text encoder and U-Net together on the autoencoder's latents.
   *
   * @param vae the trained autoencoder
   * @param steps optimiser steps of 16 scenes
   * @param owner owner of the weights
   * @return the finished base, its weights averaged over the last steps
   */
  public DemoBase trainDenoiser(AutoencoderKL vae, long steps, NDManager owner) {
    TorchBridge.seed(SEED + 1);
    ClipVocabulary vocabulary =
        new TinyVocabularyTrainer(DemoBaseConfig.MERGES).train(SceneCaption.corpus(SEED, CORPUS));
    UNet2DConditionModel unet = new UNet2DConditionModel(config.unet());
    ClipTextModel text = new ClipTextModel(config.textEncoder(vocabulary.size()));
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    FreshWeights.give(unet, DemoBaseTrainer::endsResidual, owner)
        .forEach((name, value) -> parameters.put("unet." + name, value));
    FreshWeights.give(text, path -> false, owner)
        .forEach((name, value) -> parameters.put("text_encoder." + name, value));
    try (NDManager scope = Engines.newManager()) {
      SceneGenerator scenes = new SceneGenerator(SEED);
      NDArray latents = WorldLatents.encode(vae, scenes, scenesInAll, type, scope);
      double scaling = 1 / latents.sub(latents.mean()).square().mean().sqrt().getFloat();
      DenoiserStage objective = new DenoiserStage(unet, text, ClipTokenizer.of(vocabulary),
          NoiseSchedule.of(config.scheduler()), scenes, latents.muli(scaling), SCENES_A_STEP, type);
      WholeModelRun stage = new WholeModelRun(parameters, work.resolve("denoiser"), progress, scope);
      stage.run(objective, objective,
          new LearningRate(LearningRate.Kind.COSINE, 6e-4, 200, steps), 0.999);
      stage.useAverage();
      return new DemoBase(unet, vae, text, vocabulary, config.withScaling(scaling));
    }
  }

  /**
   * Trains the autoencoder's decoder further, the encoder being as it is.
   *
   * @param vae the trained autoencoder
   * @param steps optimiser steps of 4 pictures
   * @param owner owner of the weights
   * @return the same, its decoder's weights averaged over the last steps
   */
  public AutoencoderKL sharpenDecoder(AutoencoderKL vae, long steps, NDManager owner) {
    TorchBridge.seed(SEED + 2);
    Map<String, NDArray> decoder = new LinkedHashMap<>();
    vae.namedWeights().forEach((name, weight) -> {
      if (name.startsWith("decoder.") || name.startsWith("post_quant_conv.")) {
        NDArray value = weight.dense(owner);
        value.setRequiresGradient(true);
        decoder.put(name, value);
      }
    });
    try (NDManager scope = Engines.newManager()) {
      WholeModelRun stage = new WholeModelRun(decoder, work.resolve("decoder"), progress, scope);
      DecoderStage objective = new DecoderStage(vae, new VaeStage(vae, SEED + 2, PICTURES_A_STEP, type));
      stage.run(objective, objective, new LearningRate(LearningRate.Kind.COSINE, 8e-4, 50, steps), 0.998);
      stage.useAverage();
    }
    return vae;
  }

  private static boolean endsResidual(String path) {
    return path.endsWith("conv2.weight") || path.endsWith("proj_out.weight") || path.equals("conv_out.weight");
  }
}
