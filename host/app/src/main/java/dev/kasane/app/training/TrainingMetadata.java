package dev.kasane.app.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.core.Json;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.scheduler.PredictionType;
import dev.kasane.diffusion.training.ImageTrainingOptions;
import dev.kasane.diffusion.training.TrainingPictures;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an adapter file says about its training, under the keys of kohya's scripts and of the model
 * specification. Times of day are left out: a resumed run has to end in the same bytes as one left alone.
 */
final class TrainingMetadata {
  private final Map<String, String> fields = new TreeMap<>();

  /**
   * Collects the facts of a run.
   *
   * @param base the base
   * @param pictures what was trained on
   * @param plan steps, learning rate, seed
   * @param precision type of the computation
   */
  static Map<String, String> of(
      BaseCheckpoint base, TrainingPictures pictures, TrainingPlan plan, String precision) {
    TrainingMetadata metadata = new TrainingMetadata();
    metadata.base(base);
    metadata.plan(plan, pictures, precision);
    metadata.data(pictures);
    return metadata.fields;
  }

  private void base(BaseCheckpoint base) {
    boolean velocity = base.predictionType() == PredictionType.V_PREDICTION;
    String version = base.kind().id().equals("sd2") ? (velocity ? "sd_v2_v" : "sd_v2") : "sd_v1";
    fields.put("ss_base_model_version", version);
    fields.put("ss_sd_model_name", base.path().toAbsolutePath().getFileName().toString());
    fields.put("ss_new_sd_model_hash", base.sha256());
    base.legacyHash().ifPresent(hash -> fields.put("ss_sd_model_hash", hash));
  }

  private void plan(TrainingPlan plan, TrainingPictures pictures, String precision) {
    ImageTrainingOptions options = pictures.options();
    fields.put("ss_steps", String.valueOf(plan.steps()));
    fields.put("ss_max_train_steps", String.valueOf(plan.steps()));
    long batches = plan.steps() * plan.accumulation();
    long perEpoch = pictures.batchesPerEpoch();
    fields.put("ss_num_epochs", String.valueOf((batches + perEpoch - 1) / perEpoch));
    fields.put("ss_num_batches_per_epoch", String.valueOf(pictures.batchesPerEpoch()));
    fields.put("ss_total_batch_size", String.valueOf(options.batchSize()));
    fields.put("ss_gradient_accumulation_steps", String.valueOf(plan.accumulation()));
    fields.put("ss_learning_rate", String.valueOf(plan.learningRate().peak()));
    fields.put("ss_unet_lr", String.valueOf(plan.learningRate().peak()));
    fields.put("ss_text_encoder_lr", String.valueOf(plan.learningRate().peak() * options.textEncoderRate()));
    fields.put("ss_lr_scheduler", plan.learningRate().kind().toString());
    fields.put("ss_lr_warmup_steps", String.valueOf(plan.learningRate().warmupSteps()));
    fields.put("ss_max_grad_norm", String.valueOf(plan.maxGradientNorm()));
    fields.put("ss_seed", String.valueOf(plan.seed()));
    fields.put("ss_mixed_precision", precision);
    fields.put("ss_min_snr_gamma", options.noise().minSnrGamma() == 0 ? "None" : "" + options.noise().minSnrGamma());
    fields.put("ss_noise_offset", options.noise().noiseOffset() == 0 ? "None" : "" + options.noise().noiseOffset());
    fields.put("ss_prior_loss_weight", String.valueOf(options.noise().priorWeight()));
    fields.put("ss_clip_skip", options.clipSkip() == 0 ? "None" : String.valueOf(options.clipSkip() + 1));
  }

  private void data(TrainingPictures pictures) {
    ImageTrainingOptions options = pictures.options();
    int side = options.buckets().resolution();
    fields.put("ss_resolution", "(" + side + ", " + side + ")");
    fields.put("modelspec.resolution", side + "x" + side);
    fields.put("ss_num_train_images", String.valueOf(pictures.split().training().size()));
    fields.put("ss_num_validation_images", String.valueOf(pictures.split().validation().size()));
    fields.put("ss_caption_dropout_rate", String.valueOf(options.captions().captionDropout()));
    fields.put("ss_shuffle_caption", options.captions().shuffleTags() ? "True" : "False");
    if (!options.captions().triggerWord().isEmpty()) {
      fields.put("modelspec.trigger_phrase", options.captions().triggerWord());
    }
    fields.put("ss_tag_frequency", json(Map.of("pictures", tags(pictures))));
    fields.put("ss_dataset_dirs", json(Map.of("pictures", Map.of("img_count", pictures.split().training().size()))));
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

  private static String json(Object value) {
    try {
      return Json.MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
