package dev.kasane.plugin.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys of {@code adapter_config.json}, by what they do to the meaning of the tensors. PEFT's are all here, and those
 * of other tools whose names look like a switch. Any other key is left out of account, which is told.
 */
final class ConfigKeys {
  /** Read and obeyed. */
  static final Set<String> UNDERSTOOD = Set.of("peft_type", "r", "lora_alpha", "alpha", "rank_pattern",
      "alpha_pattern", "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern",
      "modules_to_save", "bias", "use_rslora", "use_dora", "fan_in_fan_out", "init_lora_weights",
      "lora_bias");

  /** Kept for whoever reads the folder next: they matter to training or to where files are found. */
  static final Set<String> HARMLESS = Set.of("task_type", "auto_mapping", "peft_version",
      "base_model_name_or_path", "revision", "inference_mode", "lora_dropout", "megatron_config",
      "megatron_core", "loftq_config", "eva_config", "corda_config", "lora_ga_config", "qalora_group_size",
      "ensure_weight_tying", "velora_config", "runtime_config", "rank_dropout", "module_dropout",
      "rank_dropout_scale", "decompose_both", "decompose_factor", "init_weights", "use_effective_conv2d",
      "merge_weights", "lora_dtype");

  /** Refused when they are set, each with what it changes. */
  static final Map<String, String> REFUSED = Map.ofEntries(
      Map.entry("trainable_token_indices", "single rows of an embedding are replaced"),
      Map.entry("target_parameters", "the factors belong to bare parameters, those of all experts in one"),
      Map.entry("layer_replication", "layers of the base are used several times, each with its own adapter"),
      Map.entry("use_qalora", "the input is pooled in groups before A"),
      Map.entry("alora_invocation_tokens", "the adapter acts only after certain tokens"),
      Map.entry("arrow_config", "several adapters are mixed by a router"),
      Map.entry("kasa_config", "the base is cut down by its smallest singular values"),
      Map.entry("use_bdlora", "one factor is block-diagonal"),
      Map.entry("monteclora_config", "the factors are samples of a distribution"),
      Map.entry("enable_lora", "factors of several projections are stored as one"));

  /** How PEFT names what switches another computation on; other tools add facts of a run and no computation. */
  private static final Pattern SWITCH = Pattern.compile("(?:use|lora|target)_.*|.*_config");

  private ConfigKeys() {}

  private static boolean isKnown(String key) {
    return UNDERSTOOD.contains(key) || HARMLESS.contains(key) || REFUSED.containsKey(key);
  }

  /** Whether a key that nobody here knows may stand for another computation, when it is set. */
  static boolean mayMean(String key) {
    return !isKnown(key) && SWITCH.matcher(key).matches();
  }

  /** Whether a value sets its key: null, false and what is empty do not. */
  static boolean isSet(JsonNode value) {
    return !value.isNull() && !(value.isBoolean() && !value.booleanValue())
        && !((value.isContainerNode() || value.isTextual()) && value.isEmpty() && value.asText().isEmpty());
  }

  /** The keys of a configuration that are set and unknown, in its order. */
  static List<String> unknown(ObjectNode json) {
    return json.properties().stream().filter(each -> !isKnown(each.getKey()) && isSet(each.getValue()))
        .map(Map.Entry::getKey).toList();
  }
}
