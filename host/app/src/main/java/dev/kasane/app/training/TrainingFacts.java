package dev.kasane.app.training;

import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.data.CacheKey;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.training.TrainingPictures;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run is made of, for its cache, its checkpoints and its file.
 *
 * @param baseHash identifies the base's weights
 * @param runHash identifies base, settings and data: a checkpoint with another one is refused
 * @param metadata what the adapter file says about itself
 */
public record TrainingFacts(String baseHash, String runHash, Map<String, String> metadata) {
  /**
   * Collects the facts.
   *
   * @param base the base
   * @param pictures what is trained on
   * @param plan steps, learning rate, seed
   * @param precision type of the computation
   * @param settings every option that the result depends on, by name
   */
  public static TrainingFacts of(BaseCheckpoint base, TrainingPictures pictures, TrainingPlan plan,
      String precision, Map<String, String> settings) {
    String baseHash = base.sha256();
    CacheKey run = new CacheKey("run-1").text(baseHash).text(precision);
    new TreeMap<>(settings).forEach((name, value) -> run.text(name).text(value));
    for (DatasetPicture picture : pictures.dataset().pictures()) {
      run.text(picture.contentHash()).text(picture.caption().orElse("")).number(picture.repeats())
          .number(picture.regularisation() ? 1 : 0);
    }
    Map<String, String> metadata = TrainingMetadata.of(base, pictures, plan, precision);
    metadata.put("ss_optimizer", "adamw8bit".equals(settings.get("--optimizer")) ? "AdamW8bit" : "AdamW");
    return new TrainingFacts(baseHash, run.hex(), metadata);
  }
}
