package dev.kasane.plugin.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.TrainingRecord;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the configuration for an adapter that is written: the one that came with it as far as it is still
 * true of every layer, and otherwise one that says the same of the tensors.
 */
final class ConfigDraft {
  private static final Set<String> HEADS = Set.of("classifier", "score");
  private static final Set<String> TASKS_WITH_HEADS = Set.of("SEQ_CLS", "TOKEN_CLS");
  /** What a configuration of another kind still has to say. */
  private static final Set<String> COMMON =
      Set.of("task_type", "base_model_name_or_path", "revision", "target_modules", "modules_to_save");

  /** GPT-2 keeps these weights as (in, out); PEFT wants to be told, though it notices by itself. */
  private static final Pattern TRANSPOSED = Pattern.compile(".*\\bh\\.\\d+\\..*\\.(c_attn|q_attn|c_proj|c_fc)");

  private final PeftType type;
  private final List<LayerUpdate> updates;
  private final List<AdapterModule> wholes;
  private final ObjectNode config;

  private ConfigDraft(PeftType type, List<LayerUpdate> updates, List<AdapterModule> wholes, ObjectNode given) {
    this.type = type;
    this.updates = updates;
    this.wholes = wholes;
    this.config = JsonNodeFactory.instance.objectNode();
    boolean same = given.path("peft_type").asText(type.name()).equals(type.name());
    given.fields().forEachRemaining(each -> {
      if (same || COMMON.contains(each.getKey())) {
        config.set(each.getKey(), each.getValue());
      }
    });
  }

  /**
   * The configuration.
   *
   * @param type the kind of the updates
   * @param updates the layers' updates
   * @param wholes weights that replace the base's
   * @param given a configuration, or some of its keys, to keep as far as it is true; may be empty
   */
  static ObjectNode of(
      PeftType type, List<LayerUpdate> updates, List<AdapterModule> wholes, ObjectNode given) {
    return new ConfigDraft(type, updates, wholes, given).complete();
  }

  /** What a configuration says of a training, of which tensors tell nothing. */
  static ObjectNode ofTraining(TrainingRecord training) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    if (training.pictures().isEmpty()) {
      config.put("base_model_name_or_path", training.base().name());
      config.put("task_type", "CAUSAL_LM");
    }
    training.layers().ifPresent(layers -> {
      layers.modules().forEach(config.putArray("target_modules")::add);
      layers.numbers().forEach(config.putArray("layers_to_transform")::add);
      if (layers.lists().isEmpty()) {
        config.putNull("layers_pattern");
      } else {
        layers.lists().forEach(config.putArray("layers_pattern")::add);
      }
    });
    return config;
  }

  private ObjectNode complete() {
    config.put("peft_type", type.name());
    config.put("inference_mode", true);
    putIfAbsent("base_model_name_or_path", NullNode.instance);
    putIfAbsent("task_type", NullNode.instance);
    if (type == PeftType.LOHA) {
      config.put("use_effective_conv2d", updates.stream()
          .anyMatch(each -> each.module().tensors().containsKey("hada_t1")));
    }
    if (type == PeftType.LORA) {
      config.put("use_dora", updates.stream().anyMatch(LayerUpdate::hasMagnitude));
      if (config.has("lora_bias") || updates.get(0).hasBias()) {
        config.put("lora_bias", updates.get(0).hasBias());
      }
      putStart();
      putIfAbsent("fan_in_fan_out", BooleanNode.valueOf(
          updates.stream().allMatch(each -> isTransposed(each.path()))));
      putIfAbsent("lora_dropout", DoubleNode.valueOf(0));
    }
    if (!holds(rules -> updates.stream().allMatch(each -> each.isScaledBy(rules)))) {
      requireOwnShapes();
      putScales();
    }
    if (!config.hasNonNull("target_modules")
        || !holds(rules -> updates.stream().allMatch(each -> rules.targets(each.path())))) {
      putTargets();
    }
    putWholes();
    ConfigCheck.check(config);
    return config;
  }

  /** Whether a layer is one of those that GPT-2 keeps as (in, out). */
  static boolean isTransposed(String path) {
    return TRANSPOSED.matcher(path).matches();
  }

  /** A start that was taken off the base is only to be named where it still is; it says how the tensors are read. */
  private void putStart() {
    AdapterStart start = updates.get(0).start();
    if (start != AdapterStart.PLAIN) {
      config.put(AdapterStart.KEY, start.word());
    } else if (!AdapterStart.isPlain(config.path(AdapterStart.KEY).asText())) {
      config.put(AdapterStart.KEY, true);
    }
  }

  private void putIfAbsent(String key, JsonNode value) {
    if (!config.has(key)) {
      config.set(key, value);
    }
  }

  private boolean holds(Predicate<LayerRules> test) {
    if (!config.has("r") || !config.has(type.alphaKey())) {
      return false;
    }
    return test.test(new LayerRules(ConfigCheck.check(config)));
  }

  private void requireOwnShapes() {
    if (type == PeftType.LOKR) {
      throw new UserException("PEFT works out the shapes of Kronecker factors from settings that only its own"
          + " files have; an adapter of this kind from elsewhere cannot become one of PEFT's. Write kohya.");
    }
  }

  private void putScales() {
    config.remove("use_rslora");
    int rank = mostCommon(LayerUpdate::rank);
    double alpha = mostCommon(LayerUpdate::alpha);
    config.put("r", rank);
    putNumber(config, type.alphaKey(), alpha);
    ObjectNode ranks = config.putObject("rank_pattern");
    ObjectNode alphas = config.putObject("alpha_pattern");
    // A path's pattern also fits longer paths that end in it: the longest go first.
    updates.stream().sorted(Comparator.comparingInt(each -> -each.path().length())).forEach(each -> {
      boolean shadowed = updates.stream().anyMatch(other -> other.path().endsWith("." + each.path()));
      if (each.rank() != rank || shadowed) {
        ranks.put(escaped(each.path()), each.rank());
      }
      if (each.alpha() != alpha || shadowed) {
        putNumber(alphas, escaped(each.path()), each.alpha());
      }
    });
  }

  /** Dots stay as they are, as in every configuration; paths hold nothing else that means something. */
  private static String escaped(String path) {
    return path.replaceAll("[\\\\^$*+?()\\[\\]{}|]", "\\\\$0");
  }

  private <T extends Comparable<T>> T mostCommon(Function<LayerUpdate, T> value) {
    Map<T, Long> counts = updates.stream().collect(Collectors.groupingBy(value, Collectors.counting()));
    return counts.entrySet().stream()
        .max(Map.Entry.<T, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .orElseThrow().getKey();
  }

  private static void putNumber(ObjectNode target, String key, double value) {
    if (value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE) {
      target.put(key, (int) value);
    } else {
      target.put(key, value);
    }
  }

  private void putTargets() {
    putTexts("target_modules", updates.stream().map(LayerUpdate::path).collect(Collectors.toSet()));
    for (String key : List.of("exclude_modules", "layers_to_transform", "layers_pattern")) {
      config.putNull(key);
    }
  }

  private void putTexts(String key, Collection<String> texts) {
    ArrayNode array = config.putArray(key);
    new TreeSet<>(texts).forEach(array::add);
  }

  private void putWholes() {
    Set<String> adapted = updates.stream().map(LayerUpdate::path).collect(Collectors.toSet());
    Set<String> saved = wholes.stream().filter(each -> each.tensors().containsKey(KeyGrammar.WEIGHT))
        .map(AdapterModule::path).collect(Collectors.toCollection(TreeSet::new));
    Set<String> biases = wholes.stream().map(AdapterModule::path).filter(path -> !saved.contains(path))
        .collect(Collectors.toSet());
    // Beside an update it is the base's own weight, which PEFT reads under a key that says so.
    saved.removeAll(adapted);
    List<String> named = config.path("modules_to_save").isArray()
        ? ConfigCheck.check(config).texts("modules_to_save") : List.of();
    if (!saved.stream().allMatch(path -> isNamed(path, named) || savesItself(path))) {
      putTexts("modules_to_save", saved);
    } else {
      putIfAbsent("modules_to_save", NullNode.instance);
    }
    if (type == PeftType.LORA) {
      config.put("bias", biases.isEmpty() ? "none" : adapted.containsAll(biases) ? "lora_only" : "all");
    }
  }

  private static boolean isNamed(String path, List<String> names) {
    return names.stream().anyMatch(name -> path.equals(name) || path.endsWith("." + name));
  }

  /** PEFT saves the heads of some tasks without being told. */
  private boolean savesItself(String path) {
    return TASKS_WITH_HEADS.contains(config.path("task_type").asText())
        && HEADS.contains(path.substring(path.lastIndexOf('.') + 1));
  }
}
