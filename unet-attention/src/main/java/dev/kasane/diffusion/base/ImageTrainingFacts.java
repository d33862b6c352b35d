package dev.kasane.diffusion.base;

import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.files.CacheKey;
import dev.kasane.core.spi.TrainingRecord;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.scheduler.PredictionType;
import dev.kasane.diffusion.training.ImageTrainingOptions;
import dev.kasane.diffusion.training.TrainingPictures;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a run on pictures is made of. */
final class ImageTrainingFacts {
  private ImageTrainingFacts() {}

  /**
   * Collects the facts.
   *
   * @param base the base
   * @param baseHash identifies its weights
   * @param pictures what is trained on
   * @param plan steps, learning rate, seed
   * @param precision type of the computation
   * @param settings every option that the result depends on, by name
   */
  static TrainingFacts of(BaseCheckpoint base, String baseHash, TrainingPictures pictures,
      TrainingPlan plan, String precision, Map<String, String> settings) {
    CacheKey run = new CacheKey("run-1").text(baseHash).text(precision);
    new TreeMap<>(settings).forEach((name, value) -> run.text(name).text(value));
    for (DatasetPicture picture : pictures.dataset().pictures()) {
      run.text(picture.contentHash()).text(picture.caption().orElse("")).number(picture.repeats())
          .number(picture.regularisation() ? 1 : 0);
    }
    TrainingRecord.Base trainedOn = new TrainingRecord.Base(base.path().toAbsolutePath().getFileName().toString(),
        base.kind().id(), base.predictionType() == PredictionType.V_PREDICTION, Optional.of(baseHash),
        base.legacyHash());
    return new TrainingFacts(run.hex(), new TrainingRecord(trainedOn, Optional.empty(), Optional.of(
        run(pictures, plan, precision, settings.getOrDefault("--optimizer", "adamw")))));
  }

  private static TrainingRecord.Pictures run(
      TrainingPictures pictures, TrainingPlan plan, String precision, String optimizer) {
    ImageTrainingOptions options = pictures.options();
    LearningRate rate = plan.learningRate();
    long batches = plan.steps() * plan.accumulation();
    long perEpoch = pictures.batchesPerEpoch();
    TrainingRecord.Length length = new TrainingRecord.Length(plan.steps(), (batches + perEpoch - 1) / perEpoch,
        perEpoch, options.batchSize(), plan.accumulation());
    return new TrainingRecord.Pictures(length, new TrainingRecord.Rate(rate.peak(),
            rate.peak() * options.textEncoderRate(), rate.kind().toString(), rate.warmupSteps()),
        plan.maxGradientNorm(), plan.seed(), optimizer, precision, new TrainingRecord.Noise(
            options.noise().minSnrGamma(), options.noise().noiseOffset(), options.noise().priorWeight()),
        options.clipSkip(), data(pictures));
  }

  private static TrainingRecord.Data data(TrainingPictures pictures) {
    ImageTrainingOptions options = pictures.options();
    return new TrainingRecord.Data(options.buckets().resolution(), pictures.split().training().size(),
        pictures.split().validation().size(), options.captions().captionDropout(), options.captions().shuffleTags(),
        options.captions().triggerWord(), tags(pictures));
  }

  private static Map<String, Integer> tags(TrainingPictures pictures) {
    Map<String, Integer> counts = new TreeMap<>();
    for (DatasetPicture picture : pictures.split().training()) {
      for (String tag : picture.caption().orElse("").split(",")) {
        if (!tag.isBlank()) {
          counts.merge(tag.strip(), picture.repeats(), Integer::sum);
        }
      }
    }
    return counts;
  }
}
