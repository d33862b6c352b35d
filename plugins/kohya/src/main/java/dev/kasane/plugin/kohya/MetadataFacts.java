package dev.kasane.plugin.kohya;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kasane.core.Json;
import dev.kasane.core.spi.HeaderFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the fields of kohya's scripts and of the model specification say in a file of any format. */
final class MetadataFacts {
  private static final int MOST_TAGS = 10;
  private static final String[][] FACTS = {
    {"modelspec.title", "title"}, {"modelspec.author", "author"}, {"modelspec.date", "date"},
    {"modelspec.description", "description"}, {"modelspec.license", "licence"},
    {"modelspec.architecture", "architecture"}, {"modelspec.prediction_type", "prediction"},
    {"ss_output_name", "name"}, {"ss_network_module", "network"}, {"ss_network_dim", "rank"},
    {"ss_network_alpha", "alpha"}, {"ss_network_args", "network arguments"}, {"ss_sd_model_name", "trained on"},
    {"ss_sd_model_hash", "base hash"}, {"ss_num_train_images", "pictures"}, {"ss_steps", "steps"},
    {"ss_max_train_steps", "planned steps"}, {"ss_epoch", "epoch"}, {"ss_num_epochs", "epochs"},
    {"ss_total_batch_size", "batch"}, {"ss_resolution", "resolution"}, {"ss_learning_rate", "learning rate"},
    {"ss_unet_lr", "U-Net learning rate"}, {"ss_text_encoder_lr", "text encoder learning rate"},
    {"ss_lr_scheduler", "schedule"}, {"ss_optimizer", "optimiser"}, {"ss_mixed_precision", "precision"},
    {"ss_clip_skip", "CLIP skip"}, {"ss_seed", "seed"}, {"ss_training_comment", "comment"}
  };

  private MetadataFacts() {}

  static HeaderFacts of(Map<String, String> metadata) {
    return new HeaderFacts(base(metadata), "", List.of(), triggerWords(metadata), training(metadata), List.of());
  }

  private static String base(Map<String, String> metadata) {
    String version = metadata.getOrDefault("ss_base_model_version", "").toLowerCase(Locale.ROOT);
    String architecture = metadata.getOrDefault("modelspec.architecture", "").toLowerCase(Locale.ROOT);
    return version.startsWith("sdxl") || architecture.startsWith("stable-diffusion-xl") ? "sdxl"
        : version.startsWith("sd_v2") || architecture.startsWith("stable-diffusion-v2") ? "sd2"
        : version.startsWith("sd_v1") || architecture.startsWith("stable-diffusion-v1") ? "sd1" : "";
  }

  /** The facts that are there; {@code None} is how Python says that there is none. */
  private static Map<String, String> training(Map<String, String> metadata) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (String[] fact : FACTS) {
      String value = metadata.getOrDefault(fact[0], "").strip();
      if (!value.isEmpty() && !value.equals("None") && !value.equals("{}")) {
        facts.put(fact[1], value);
      }
    }
    return facts;
  }

  /**
   * The words that call the adapter: the trigger phrase if one is stated, else the most frequent tags of the
   * captions, the most frequent first.
   */
  private static List<String> triggerWords(Map<String, String> metadata) {
    String phrase = metadata.getOrDefault("modelspec.trigger_phrase", "").strip();
    return phrase.isEmpty() ? frequentTags(metadata.getOrDefault("ss_tag_frequency", "")) : List.of(phrase);
  }

  private static List<String> frequentTags(String json) {
    if (json.isBlank()) {
      return List.of();
    }
    Map<String, Long> counts = new TreeMap<>();
    try (JsonParser parser = Json.MAPPER.createParser(json)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.currentName() != null) {
          counts.merge(parser.currentName().strip(), parser.getLongValue(), Long::sum);
        }
      }
    } catch (IOException notJson) {
      // A note for people that a tool left in another form; the adapter is as good without it.
      return List.of();
    }
    List<Map.Entry<String, Long>> sorted = new ArrayList<>(counts.entrySet());
    sorted.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
    return sorted.stream().limit(MOST_TAGS).map(Map.Entry::getKey).toList();
  }
}
