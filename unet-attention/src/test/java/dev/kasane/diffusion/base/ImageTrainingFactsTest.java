package dev.kasane.diffusion.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.spi.TrainingRecord;
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
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageTrainingFactsTest {
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
  void recordsTheRun() throws IOException {
    TrainingRecord record = facts("sd1-tiny", pictures(), Map.of("--optimizer", "adamw8bit")).record();
    TrainingRecord.Pictures run = record.pictures().orElseThrow();
    assertThat(record.base().name()).isEqualTo("sd1-tiny");
    assertThat(record.base().kind()).isEqualTo("sd1");
    assertThat(record.base().sha256().orElseThrow()).matches("[0-9a-f]{64}");
    assertThat(run.length()).isEqualTo(new TrainingRecord.Length(100, 100, 2, 2, 2));
    assertThat(run.seed()).isEqualTo(42);
    assertThat(run.clipSkip()).isEqualTo(1);
    assertThat(run.rate()).isEqualTo(new TrainingRecord.Rate(3e-4, 1.5e-4, "cosine", 10));
    assertThat(run.noise()).isEqualTo(new TrainingRecord.Noise(5, 0, 1));
    assertThat(run.optimizer()).isEqualTo("adamw8bit");
    assertThat(run.data()).isEqualTo(new TrainingRecord.Data(
        64, 2, 0, 0.1, true, "sumi", Map.of("cat", 3, "dog", 1, "ink", 4)));
    assertThat(record.toString()).doesNotContain(folder.toString());
  }

  @Test
  void tellsBasesApart() throws IOException {
    TrainingRecord.Base base = facts("sd2-tiny", pictures(), Map.of()).record().base();
    assertThat(base.kind()).isEqualTo("sd2");
    assertThat(base.predictsVelocity()).isTrue();
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
