package dev.kasane.plugin.kohya;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.core.Json;
import dev.kasane.core.spi.TrainingRecord;
import dev.kasane.core.spi.TrainingRecord.Data;
import dev.kasane.core.spi.TrainingRecord.Pictures;
import java.util.Map;
import java.util.TreeMap;

/** A training on pictures under the keys of kohya's scripts and of the model specification. */
final class TrainingFields {
  private static final String NONE = "None";

  private final Map<String, String> fields = new TreeMap<>();

  private TrainingFields() {}

  /** The fields of a record; none for a language model, of which these tools know nothing. */
  static Map<String, String> of(TrainingRecord training) {
    TrainingFields made = new TrainingFields();
    training.pictures().ifPresent(pictures -> {
      made.base(training.base());
      made.run(pictures);
      made.data(pictures.data());
    });
    return made.fields;
  }

  private void base(TrainingRecord.Base base) {
    put("ss_base_model_version",
        !base.kind().equals("sd2") ? "sd_v1" : base.predictsVelocity() ? "sd_v2_v" : "sd_v2");
    put("ss_sd_model_name", base.name());
    base.sha256().ifPresent(hash -> put("ss_new_sd_model_hash", hash));
    base.legacyHash().ifPresent(hash -> put("ss_sd_model_hash", hash));
  }

  private void run(Pictures run) {
    put("ss_steps", run.length().steps());
    put("ss_max_train_steps", run.length().steps());
    put("ss_num_epochs", run.length().epochs());
    put("ss_num_batches_per_epoch", run.length().batchesPerEpoch());
    put("ss_total_batch_size", run.length().batchSize());
    put("ss_gradient_accumulation_steps", run.length().accumulation());
    put("ss_learning_rate", run.rate().peak());
    put("ss_unet_lr", run.rate().peak());
    put("ss_text_encoder_lr", run.rate().textEncoder());
    put("ss_lr_scheduler", run.rate().schedule());
    put("ss_lr_warmup_steps", run.rate().warmupSteps());
    put("ss_max_grad_norm", run.maxGradientNorm());
    put("ss_seed", run.seed());
    put("ss_optimizer", run.optimizer().equals("adamw8bit") ? "AdamW8bit" : "AdamW");
    put("ss_mixed_precision", run.precision());
    put("ss_min_snr_gamma", run.noise().minSnrGamma() == 0 ? NONE : run.noise().minSnrGamma());
    put("ss_noise_offset", run.noise().offset() == 0 ? NONE : run.noise().offset());
    put("ss_prior_loss_weight", run.noise().priorWeight());
    put("ss_clip_skip", run.clipSkip() == 0 ? NONE : run.clipSkip() + 1);
  }

  private void data(Data data) {
    int side = data.resolution();
    put("ss_resolution", "(" + side + ", " + side + ")");
    put("modelspec.resolution", side + "x" + side);
    put("ss_num_train_images", data.training());
    put("ss_num_validation_images", data.validation());
    put("ss_caption_dropout_rate", data.captionDropout());
    put("ss_shuffle_caption", data.shuffledTags() ? "True" : "False");
    if (!data.triggerWord().isEmpty()) {
      put("modelspec.trigger_phrase", data.triggerWord());
    }
    put("ss_tag_frequency", json(Map.of("pictures", data.tags())));
    put("ss_dataset_dirs", json(Map.of("pictures", Map.of("img_count", data.training()))));
  }

  private void put(String key, Object value) {
    fields.put(key, value.toString());
  }

  private static String json(Object value) {
    try {
      return Json.MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Names and numbers make JSON", e);
    }
  }
}
