package dev.kasane.plugin.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A configuration that has been checked: every value has its type and nothing in it is unknown. */
final class PeftConfig {
  private final PeftType type;
  private final ObjectNode json;

  /** Takes what {@link ConfigCheck} has passed. */
  PeftConfig(PeftType type, ObjectNode json) {
    this.type = type;
    this.json = json;
  }

  PeftType type() {
    return type;
  }

  /** A copy of the JSON, every key included. */
  ObjectNode json() {
    return json.deepCopy();
  }

  /** How the factors began. */
  AdapterStart start() {
    return json.hasNonNull(AdapterStart.KEY) ? AdapterStart.of(json.get(AdapterStart.KEY).asText()) : AdapterStart.PLAIN;
  }

  /** The keys that are set and left out of account, for they are none of PEFT's. */
  List<String> ignored() {
    return ConfigKeys.unknown(json);
  }

  int rank() {
    return json.get("r").intValue();
  }

  double alpha() {
    return json.get(type.alphaKey()).doubleValue();
  }

  boolean flag(String key) {
    return json.path(key).asBoolean(false);
  }

  /** Ranks by pattern, in the file's order. */
  Map<String, Integer> ranks() {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    json.path("rank_pattern").fields().forEachRemaining(e -> ranks.put(e.getKey(), e.getValue().intValue()));
    return ranks;
  }

  /** Alphas by pattern, in the file's order. */
  Map<String, Double> alphas() {
    Map<String, Double> alphas = new LinkedHashMap<>();
    json.path("alpha_pattern").fields()
        .forEachRemaining(e -> alphas.put(e.getKey(), e.getValue().doubleValue()));
    return alphas;
  }

  boolean isText(String key) {
    return json.path(key).isTextual();
  }

  /** A text alone or a list of texts; empty when there is neither. */
  List<String> texts(String key) {
    JsonNode value = json.path(key);
    List<String> texts = new ArrayList<>();
    if (value.isTextual()) {
      texts.add(value.textValue());
    } else if (value.isArray()) {
      value.forEach(each -> texts.add(each.textValue()));
    }
    return texts;
  }

  /** The numbers of {@code layers_to_transform}; empty means all. */
  Set<Integer> layers() {
    JsonNode value = json.path("layers_to_transform");
    Set<Integer> layers = new LinkedHashSet<>();
    if (value.isInt()) {
      layers.add(value.intValue());
    }
    value.forEach(each -> layers.add(each.intValue()));
    return layers;
  }
}
