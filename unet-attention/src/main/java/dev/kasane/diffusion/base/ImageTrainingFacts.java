package dev.kasane.diffusion.base;

import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.files.CacheKey;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.training.TrainingPictures;
import java.util.Map;
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
    Map<String, String> metadata = TrainingMetadata.of(base, pictures, plan, precision);
    metadata.put("ss_optimizer", "adamw8bit".equals(settings.get("--optimizer")) ? "AdamW8bit" : "AdamW");
    return new TrainingFacts(run.hex(), metadata);
  }
}
