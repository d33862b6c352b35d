package dev.kasane.diffusion.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.data.DatasetOptions;
import dev.kasane.diffusion.data.PictureDataset;
import dev.kasane.diffusion.data.batch.BucketPlan;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import dev.kasane.diffusion.training.ImageTrainingOptions;
import dev.kasane.diffusion.training.NoiseOptions;
import dev.kasane.diffusion.training.TrainingPictures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingMetadataTest {
  private static final Path BASES =
      Path.of(System.getProperty("kasane.root"), "unet-attention/src/test/resources/golden");
  private static final LearningRate RATE = new LearningRate(LearningRate.Kind.COSINE, 3e-4, 10, 100);
  private static final TrainingPlan PLAN = new TrainingPlan(100, 2, RATE, 1, 42);

  @TempDir
  private Path folder;

  private void picture(Path to, int colour, String caption) throws IOException {
    Files.createDirectories(to.getParent());
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, colour);
    ImageIO.write(image, "png", to.toFile());
    Files.writeString(Path.of(to.toString().replace(".png", ".txt")), caption);
  }

  private TrainingPictures pictures(DatasetOptions options, int clipSkip) {
    CaptionOptions captions = new CaptionOptions("sumi", true, 0, 0.1, 0);
    return new TrainingPictures(PictureDataset.scan(options), new ImageTrainingOptions(captions,
        BucketPlan.square(64), false, 2, 0, 0, new NoiseOptions(5, 0, 1, 0, 1000), clipSkip, 0.5, false, 42));
  }

  private TrainingPictures pictures() throws IOException {
    picture(folder.resolve("data/3_ink/a.png"), 1, "cat, ink");
    picture(folder.resolve("data/b.png"), 2, "dog, ink");
    return pictures(DatasetOptions.of(folder.resolve("data")), 1);
  }

  private static TrainingFacts facts(String base, TrainingPictures pictures, Map<String, String> settings) {
    try (BaseCheckpoint checkpoint = BaseCheckpoint.open(BASES.resolve(base), BaseOptions.none())) {
      return ImageTrainingFacts.of(checkpoint, checkpoint.sha256(), pictures, PLAN, "float32", settings);
    }
  }

  @Test
  void saysWhatTheCommunitysToolsAskFor() throws IOException {
    Map<String, String> metadata = facts("sd1-tiny", pictures(), Map.of()).metadata();
    assertThat(metadata)
        .containsEntry("ss_base_model_version", "sd_v1").containsEntry("ss_sd_model_name", "sd1-tiny")
        .containsEntry("ss_steps", "100").containsEntry("ss_num_batches_per_epoch", "2")
        .containsEntry("ss_num_epochs", "100").containsEntry("ss_total_batch_size", "2")
        .containsEntry("ss_gradient_accumulation_steps", "2").containsEntry("ss_learning_rate", "3.0E-4")
        .containsEntry("ss_lr_scheduler", "cosine").containsEntry("ss_seed", "42")
        .containsEntry("ss_min_snr_gamma", "5.0").containsEntry("ss_noise_offset", "None")
        .containsEntry("ss_clip_skip", "2").containsEntry("ss_num_train_images", "2")
        .containsEntry("ss_shuffle_caption", "True").containsEntry("modelspec.trigger_phrase", "sumi");
    assertThat(metadata).as("what was trained at, not what the base is usually trained at")
        .containsEntry("modelspec.resolution", "64x64").containsEntry("ss_resolution", "(64, 64)");
    assertThat(metadata.get("ss_new_sd_model_hash")).matches("[0-9a-f]{64}");
    JsonNode tags = new ObjectMapper().readTree(metadata.get("ss_tag_frequency")).get("pictures");
    assertThat(tags.get("ink").asInt()).isEqualTo(4);
    assertThat(tags.get("cat").asInt()).isEqualTo(3);
    assertThat(metadata.values()).noneMatch(value -> value.contains(folder.toString()));
  }

  @Test
  void tellsBasesApart() throws IOException {
    assertThat(facts("sd2-tiny", pictures(), Map.of()).metadata())
        .containsEntry("ss_base_model_version", "sd_v2_v");
  }

  @Test
  void aRunIsItsBaseItsSettingsAndItsPictures() throws IOException {
    TrainingPictures pictures = pictures();
    String run = facts("sd1-tiny", pictures, Map.of("--rank", "4")).runHash();
    assertThat(facts("sd1-tiny", pictures, Map.of("--rank", "4")).runHash()).isEqualTo(run);
    assertThat(facts("sd1-tiny", pictures, Map.of("--rank", "5")).runHash()).isNotEqualTo(run);
    assertThat(facts("sd2-tiny", pictures, Map.of("--rank", "4")).runHash()).isNotEqualTo(run);
    Files.writeString(folder.resolve("data/b.txt"), "dog, ink, wet");
    TrainingPictures changed = pictures(DatasetOptions.of(folder.resolve("data")), 1);
    assertThat(facts("sd1-tiny", changed, Map.of("--rank", "4")).runHash()).isNotEqualTo(run);
  }

  @Test
  void aPictureThatBecomesAPriorPictureMakesAnotherRun() throws IOException {
    picture(folder.resolve("data/a.png"), 1, "cat");
    picture(folder.resolve("data/b.png"), 2, "dog");
    String before = facts("sd1-tiny", pictures(DatasetOptions.of(folder.resolve("data")), 0), Map.of()).runHash();
    Files.createDirectories(folder.resolve("prior"));
    Files.move(folder.resolve("data/b.png"), folder.resolve("prior/b.png"));
    Files.move(folder.resolve("data/b.txt"), folder.resolve("prior/b.txt"));
    DatasetOptions split = DatasetOptions.of(folder.resolve("data")).withRegularisation(folder.resolve("prior"));
    assertThat(facts("sd1-tiny", pictures(split, 0), Map.of()).runHash()).isNotEqualTo(before);
  }
}
