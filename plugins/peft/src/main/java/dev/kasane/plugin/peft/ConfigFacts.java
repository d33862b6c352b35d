package dev.kasane.plugin.peft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.spi.HeaderFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What {@code adapter_config.json} beside PEFT weights says, as far as a description needs it.
 *
 * @param values every plain value by its path: {@code lora_alpha}, {@code alpha_pattern/q_proj}; elements of
 *     a list are joined by commas
 */
record ConfigFacts(Map<String, String> values) {
  private static final int LARGEST = 16 << 20;
  private static final Map<String, String> METHODS = Map.of("LORA", "lora", "LOHA", "loha", "LOKR", "lokr",
      "IA3", "ia3", "OFT", "oft", "BOFT", "boft", "ADALORA", "adalora", "VERA", "vera");

  /**
   * Reads the configuration beside a weights file, if there is one.
   *
   * @return it, or nothing said at all
   * @throws FileFault when it is there but is no JSON object; the message names it
   */
  static ConfigFacts beside(Path weights) {
    Path file = weights.toAbsolutePath().resolveSibling(PeftFiles.CONFIG);
    if (!Files.isRegularFile(file)) {
      return new ConfigFacts(Map.of());
    }
    try {
      if (Json.MAPPER.readTree(content(file)) instanceof ObjectNode config) {
        Map<String, String> values = new LinkedHashMap<>();
        add(config, "", values);
        return new ConfigFacts(values);
      }
      throw new FileFault(file, "is damaged: it is no JSON object");
    } catch (JsonProcessingException fault) {
      throw new FileFault(file, "is damaged: " + JsonFault.of(fault), fault);
    } catch (IOException fault) {
      throw FileFault.of(file, "cannot be read", fault);
    }
  }

  private static byte[] content(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes > LARGEST) {
      throw new FileFault(file, "has " + bytes + " bytes, too many for a configuration");
    }
    return InputFile.allBytes(file);
  }

  private static void add(ObjectNode object, String prefix, Map<String, String> values) {
    object.properties().forEach(each -> {
      String name = prefix + each.getKey();
      if (each.getValue() instanceof ObjectNode inner) {
        add(inner, name + "/", values);
      } else if (!each.getValue().isNull()) {
        values.put(name, texts(each.getValue()).collect(Collectors.joining(", ")));
      }
    });
  }

  private static Stream<String> texts(JsonNode value) {
    return value.isContainerNode() ? StreamSupport.stream(value.spliterator(), false).flatMap(ConfigFacts::texts)
        : Stream.of(value.asText());
  }

  /** All of it, for people. */
  HeaderFacts facts() {
    List<String> notes = !values.isEmpty() ? List.of() : List.of("there is no " + PeftFiles.CONFIG
        + " beside the file; alpha, and with it the strength, stands only there");
    return new HeaderFacts("", method(), alphas(), List.of(), training(), notes);
  }

  /** The method in lower case as the rest of the program spells it, or an empty text. */
  private String method() {
    String type = values.getOrDefault("peft_type", "").toUpperCase(Locale.ROOT);
    String method = METHODS.getOrDefault(type, type.toLowerCase(Locale.ROOT));
    return method.equals("lora") && "true".equals(values.get("use_dora")) ? "dora" : method;
  }

  /** The different alphas, those of the pattern included, ascending. */
  private List<Double> alphas() {
    Stream<String> stated = Stream.concat(
        Stream.of("lora_alpha", "alpha").map(values::get).filter(value -> value != null),
        values.entrySet().stream().filter(each -> each.getKey().startsWith("alpha_pattern/"))
            .map(Map.Entry::getValue));
    return stated.filter(value -> value.matches("-?\\d{1,9}(?:\\.\\d{1,9})?")).map(Double::valueOf)
        .distinct().sorted().toList();
  }

  private Map<String, String> training() {
    Map<String, String> facts = new LinkedHashMap<>();
    put(facts, "trained on", "base_model_name_or_path");
    put(facts, "task", "task_type");
    put(facts, "target modules", "target_modules");
    put(facts, "saved modules", "modules_to_save");
    put(facts, "PEFT", "peft_version");
    if (!Set.of("true", "false").contains(values.getOrDefault("init_lora_weights", "true"))) {
      put(facts, "begun as", "init_lora_weights");
    }
    String flags = Stream.of("use_rslora", "use_dora", "fan_in_fan_out", "lora_bias", "use_qalora")
        .filter(name -> "true".equals(values.get(name))).collect(Collectors.joining(", "));
    if (!flags.isEmpty()) {
      facts.put("switched on", flags);
    }
    return facts;
  }

  private void put(Map<String, String> facts, String title, String name) {
    String value = values.getOrDefault(name, "");
    if (!value.isEmpty()) {
      facts.put(title, value);
    }
  }
}
