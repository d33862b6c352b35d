package dev.kasane.plugin.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.VisibleText;
import java.util.function.Predicate;

/**
 * Insists that a configuration is one whose meaning is known.
 *
 * <p>A key that is unknown passes unless it is set and named like one that changes the computation.
 */
final class ConfigCheck {
  private static final int LONGEST_SHOWN = 80;
  private static final int LARGEST_RANK = 65_536;
  private final ObjectNode json;

  private ConfigCheck(ObjectNode json) {
    this.json = json;
  }

  /**
   * Checks a configuration.
   *
   * @throws IllegalArgumentException that names the key, what was found, what was expected and what to do
   */
  static PeftConfig check(ObjectNode json) {
    return new ConfigCheck(json).checked();
  }

  private PeftConfig checked() {
    PeftType type = type();
    json.fieldNames().forEachRemaining(this::checkMeaning);
    require("r", isRank(), "a whole number from 1", "It is the rank, which PEFT always writes.");
    require(type.alphaKey(), node -> node.isNumber() && Double.isFinite(node.doubleValue())
        && node.doubleValue() != 0, "a number other than 0", "It scales the update, and PEFT always writes it.");
    optional("rank_pattern", values(isRank()), "ranks by pattern");
    optional("alpha_pattern", values(node -> node.isNumber() && Double.isFinite(node.doubleValue())
        && node.doubleValue() != 0), "numbers other than 0 by pattern");
    optional("target_modules", textOrTexts(), "a text or a list of texts");
    optional("exclude_modules", textOrTexts(), "a text or a list of texts");
    optional("layers_pattern", textOrTexts(), "a text or a list of texts");
    optional("modules_to_save", texts(), "a list of texts");
    optional("layers_to_transform",
        node -> node.isInt() || node.isArray() && all(node, JsonNode::isInt), "a number or a list of numbers");
    optional("bias", node -> node.asText().matches("none|all|lora_only"), "none, all or lora_only");
    for (String flag : new String[] {"use_rslora", "use_dora", "fan_in_fan_out", "lora_bias"}) {
      optional(flag, JsonNode::isBoolean, "true or false");
    }
    checkStart();
    PeftConfig config = new PeftConfig(type, json);
    new LayerRules(config);
    return config;
  }

  private PeftType type() {
    String named = json.path("peft_type").asText("");
    return PeftType.named(named).orElseThrow(() -> new IllegalArgumentException("peft_type is "
        + (named.isEmpty() ? "missing" : "'" + named + "'") + ", expected one of " + PeftType.names()
        + ". Adapters of other kinds cannot be used yet"));
  }

  private void checkMeaning(String key) {
    JsonNode value = json.get(key);
    if (!ConfigKeys.isSet(value)) {
      return;
    }
    if (ConfigKeys.REFUSED.containsKey(key)) {
      throw new IllegalArgumentException("key '" + key + "' is " + shown(value) + ", which is not supported: "
          + ConfigKeys.REFUSED.get(key) + ". Merge the adapter with PEFT and use the merged model");
    }
    if (ConfigKeys.mayMean(key)) {
      throw new IllegalArgumentException("key '" + VisibleText.shortened(key) + "' is " + shown(value) + ", which is"
          + " unknown here and named like what changes the computation. If it only matters to training, remove it from"
          + " the file");
    }
  }

  private void checkStart() {
    if (json.hasNonNull(AdapterStart.KEY)) {
      AdapterStart.of(json.get(AdapterStart.KEY).asText());
    }
  }

  private void require(String key, Predicate<JsonNode> test, String expected, String why) {
    JsonNode value = json.path(key);
    if (!test.test(value)) {
      throw new IllegalArgumentException("key '" + key + "' is " + (value.isMissingNode() ? "missing"
          : shown(value)) + ", expected " + expected + ". " + why);
    }
  }

  private void optional(String key, Predicate<JsonNode> test, String expected) {
    if (json.hasNonNull(key)) {
      require(key, test, expected, "Mend the file or take it anew from its source");
    }
  }

  private static Predicate<JsonNode> isRank() {
    return node -> node.isInt() && node.intValue() > 0 && node.intValue() <= LARGEST_RANK;
  }

  private static Predicate<JsonNode> values(Predicate<JsonNode> test) {
    return node -> node.isObject() && all(node, test);
  }

  private static Predicate<JsonNode> texts() {
    return node -> node.isArray() && all(node, JsonNode::isTextual);
  }

  private static Predicate<JsonNode> textOrTexts() {
    return texts().or(JsonNode::isTextual);
  }

  private static boolean all(JsonNode container, Predicate<JsonNode> test) {
    for (JsonNode each : container) {
      if (!test.test(each)) {
        return false;
      }
    }
    return true;
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return VisibleText.shortened(text, LONGEST_SHOWN);
  }
}
