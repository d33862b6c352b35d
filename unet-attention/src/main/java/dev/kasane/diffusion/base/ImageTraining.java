package dev.kasane.diffusion.base;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.family.ProgressDisplay;
import dev.kasane.core.family.Samples;
import dev.kasane.core.family.Training;
import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.TrainingRecord.NumberedLayers;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.core.training.TrainingTask;
import dev.kasane.diffusion.data.DatasetReport;
import dev.kasane.diffusion.training.ImageTask;
import dev.kasane.diffusion.training.PictureBatch;
import dev.kasane.diffusion.training.TrainingPictures;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Pictures that a Stable Diffusion model is to learn from. */
public final class ImageTraining implements Training<PictureBatch> {
  private final ImageBase base;
  private final TrainingPictures pictures;
  private final Settings settings;
  private final SamplePictures samples;
  private String baseHash;

  /**
   * How it is trained on them.
   *
   * @param allowMissingCaptions whether pictures may lack captions
   * @param allowUnreadable whether pictures may be damaged
   * @param cache folder for encoded pictures and captions
   */
  public record Settings(boolean allowMissingCaptions, boolean allowUnreadable, Path cache) {}

  /**
   * @param base what learns
   * @param pictures what it learns from
   * @param settings how
   * @param samples what is tried out
   */
  public ImageTraining(ImageBase base, TrainingPictures pictures, Settings settings, SamplePictures samples) {
    this.base = base;
    this.pictures = pictures;
    this.settings = settings;
    this.samples = samples;
  }

  @Override
  public long batchesPerEpoch() {
    return pictures.batchesPerEpoch();
  }

  @Override
  public void report(Consumer<String> tell) {
    DatasetReport report = pictures.report();
    report.render().forEach(tell);
    report.check(settings.allowMissingCaptions(), settings.allowUnreadable());
  }

  @Override
  public TrainingFacts facts(TrainingPlan plan, Map<String, String> options, Optional<NumberedLayers> layers) {
    baseHash = base.checkpoint().sha256();
    return ImageTrainingFacts.of(base.checkpoint(), baseHash, pictures, plan, base.precision().toString(), options);
  }

  @Override
  public Samples<?> samples() {
    return samples;
  }

  @Override
  public TrainingTask<PictureBatch> task(AdapterSet adapters, NDManager owner, ProgressDisplay progress) {
    ImageTask task = new ImageTask(base.model(), baseHash, adapters, pictures, settings.cache(), owner);
    int all = pictures.dataset().pictures().size();
    try (ProgressDisplay.Bar bar = progress.start("Encoding", "pictures", all)) {
      task.encode((done, total) -> bar.stepTo(done));
    }
    return task;
  }
}
