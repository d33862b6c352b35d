package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.spi.TrainingRecord;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingFieldsTest {
  private static final TrainingRecord.Base SD1 =
      new TrainingRecord.Base("sd1-tiny", "sd1", false, Optional.of("ab".repeat(32)), Optional.empty());
  private static final TrainingRecord.Pictures RUN = new TrainingRecord.Pictures(
      new TrainingRecord.Length(100, 100, 2, 2, 2),
      new TrainingRecord.Rate(3e-4, 1.5e-4, "cosine", 10), 1, 42, "adamw", "float32",
      new TrainingRecord.Noise(5, 0, 1), 1,
      new TrainingRecord.Data(64, 2, 0, 0.1, true, "sumi", Map.of("cat", 3, "ink", 4)));

  @Test
  void saysWhatTheCommunitysToolsAskFor() throws IOException {
    Map<String, String> metadata = TrainingFields.of(new TrainingRecord(SD1, Optional.empty(), Optional.of(RUN)));
    assertThat(metadata)
        .containsEntry("ss_base_model_version", "sd_v1").containsEntry("ss_sd_model_name", "sd1-tiny")
        .containsEntry("ss_steps", "100").containsEntry("ss_num_batches_per_epoch", "2")
        .containsEntry("ss_num_epochs", "100").containsEntry("ss_total_batch_size", "2")
        .containsEntry("ss_gradient_accumulation_steps", "2").containsEntry("ss_learning_rate", "3.0E-4")
        .containsEntry("ss_lr_scheduler", "cosine").containsEntry("ss_seed", "42")
        .containsEntry("ss_min_snr_gamma", "5.0").containsEntry("ss_noise_offset", "None")
        .containsEntry("ss_clip_skip", "2").containsEntry("ss_num_train_images", "2")
        .containsEntry("ss_shuffle_caption", "True").containsEntry("modelspec.trigger_phrase", "sumi")
        .containsEntry("ss_optimizer", "AdamW").doesNotContainKey("ss_sd_model_hash");
    assertThat(metadata).as("what was trained at, not what the base is usually trained at")
        .containsEntry("modelspec.resolution", "64x64").containsEntry("ss_resolution", "(64, 64)");
    JsonNode tags = new ObjectMapper().readTree(metadata.get("ss_tag_frequency")).get("pictures");
    assertThat(tags.get("ink").asInt()).isEqualTo(4);
    assertThat(tags.get("cat").asInt()).isEqualTo(3);
  }

  @Test
  void tellsBasesApart() {
    TrainingRecord.Base velocity = new TrainingRecord.Base("b", "sd2", true, Optional.empty(), Optional.empty());
    assertThat(TrainingFields.of(new TrainingRecord(velocity, Optional.empty(), Optional.of(RUN))))
        .containsEntry("ss_base_model_version", "sd_v2_v");
    assertThat(TrainingFields.of(new TrainingRecord(velocity, Optional.empty(), Optional.empty()))).isEmpty();
  }
}
