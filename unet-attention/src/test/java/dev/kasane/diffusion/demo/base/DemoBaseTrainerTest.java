package dev.kasane.diffusion.demo.base;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.pipeline.Sampler;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few steps of each stage: the whole way from nothing to a folder that draws. */
class DemoBaseTrainerTest {
  /** Processors without bfloat16 need a hundred times as long for it. */
  private static final DataType QUICK = DataType.FLOAT32;

  @TempDir
  private Path folder;

  @Test
  void aBaseIsTrainedWrittenAndOpened() throws IOException {
    List<Double> losses = new ArrayList<>();
    train(folder.resolve("base"), folder.resolve("work"), losses);
    assertThat(losses).hasSize(18).allSatisfy(loss -> assertThat(loss).isFinite().isPositive());
    assertThat(losses.subList(8, 12)).as("the autoencoder learns").allMatch(loss -> loss < losses.get(0));
    try (NDManager owner = Engines.newManager()) {
      ImageModel model = ImageModels.open(
          folder.resolve("base"), BaseOptions.none(), ElementType.FLOAT32, owner);
      assertThat(model.nativeSize()).isEqualTo(DemoBaseConfig.PICTURE_SIZE);
      PictureRequest request = new PictureRequest("a red ball", "", 1, 2, 4, 128, 128, SchedulerKind.DDIM, 0,
          Optional.empty());
      Picture picture = new Sampler(model).draw(request, (done, all) -> { });
      assertThat(picture.width()).isEqualTo(128);
    }
  }

  @Test
  void aStoppedTrainingEndsInTheSameBytes() throws IOException {
    train(folder.resolve("once"), folder.resolve("work-once"), new ArrayList<>());
    try (NDManager owner = Engines.newManager()) {
      // The first stage alone, as if the program had been stopped between the stages.
      new DemoBaseTrainer(folder.resolve("work-twice"), new TrainingListener() { }, 32, QUICK).trainAutoencoder(12, owner);
    }
    train(folder.resolve("twice"), folder.resolve("work-twice"), new ArrayList<>());
    for (String part : List.of("unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/model.safetensors", "tokenizer/vocab.json")) {
      assertThat(folder.resolve("twice").resolve(part)).as(part)
          .hasBinaryContent(Files.readAllBytes(folder.resolve("once").resolve(part)));
    }
  }

  private static void train(Path target, Path work, List<Double> losses) {
    TrainingListener listener = new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        losses.add(step.loss());
      }
    };
    try (NDManager owner = Engines.newManager()) {
      DemoBaseTrainer trainer = new DemoBaseTrainer(work, listener, 32, QUICK);
      AutoencoderKL vae = trainer.trainAutoencoder(12, owner);
      DemoBase base = trainer.trainDenoiser(vae, 4, owner);
      trainer.sharpenDecoder(vae, 2, owner);
      base.write(target);
    }
  }
}
