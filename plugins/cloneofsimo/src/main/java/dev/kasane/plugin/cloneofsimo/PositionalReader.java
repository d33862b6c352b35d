package dev.kasane.plugin.cloneofsimo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.UnmatchedKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads one file into the neutral form. */
final class PositionalReader {
  private static final String UNET = "unet";
  private static final String TEXT_ENCODER = "text_encoder";
  private static final String WORD = "<embed>";
  /** What the scripts looked through when a file does not say it. */
  private static final Map<String, Set<String>> USUAL = Map.of(
      UNET, Set.of("CrossAttention", "Attention", "GEGLU"), TEXT_ENCODER, Set.of("CLIPAttention"));
  /** Places in a transformer block of four projections, a gate and four projections, or the gate at the end. */
  private static final int EARLY_GATE = 4;

  private final AdapterFile file;
  private final Map<String, ? extends Collection<String>> layers;
  private final NDManager scope;
  private final Map<String, TreeMap<Integer, Map<String, String>>> keys = new LinkedHashMap<>();
  private final Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
  private final List<UnmatchedKey> unmatched = new ArrayList<>();

  PositionalReader(AdapterFile file, Map<String, ? extends Collection<String>> layers, NDManager scope) {
    this.file = file;
    this.layers = layers;
    this.scope = scope;
  }

  AdapterModel read() {
    List<AdapterModule> words = new ArrayList<>();
    String nameless = partOfList();
    for (String key : file.keys()) {
      Optional<PositionalKey> parsed = PositionalKey.parse(key);
      if (parsed.isPresent()) {
        String part = parsed.get().part();
        keys.computeIfAbsent(part.equals(PositionalKey.LIST) ? nameless : part, name -> new TreeMap<>())
            .computeIfAbsent(parsed.get().index(), index -> new LinkedHashMap<>())
            .put(parsed.get().parameter(), key);
      } else if (WORD.equals(file.metadata().get(key)) || key.matches("<.+>")) {
        words.add(WordVectors.module(key, Map.of(TEXT_ENCODER, file.read(key, scope))));
      } else {
        unmatched.add(new UnmatchedKey(key, "is neither a numbered layer such as unet:0:up nor a learned word"));
      }
    }
    for (String component : keys.keySet()) {
      readPart(component);
    }
    if (!words.isEmpty()) {
      components.put(AdapterModel.EMBEDDINGS, words);
    }
    return new AdapterModel(components, List.copyOf(unmatched), file.metadata());
  }

  /** A nameless list is of the part that has as many layers; in doubt of the U-Net. */
  private String partOfList() {
    long pairs = file.keys().stream().map(PositionalKey::parse).flatMap(Optional::stream)
        .mapToInt(PositionalKey::index).distinct().count();
    int text = new LayerOrder(USUAL.get(TEXT_ENCODER), true)
        .of(layers.containsKey(TEXT_ENCODER) ? layers.get(TEXT_ENCODER) : List.of()).size();
    return pairs == text ? TEXT_ENCODER : UNET;
  }

  private void readPart(String component) {
    Map<Integer, Map<String, String>> numbered = keys.get(component);
    Optional<String> fault = fault(component, numbered);
    if (fault.isPresent()) {
      numbered.values().forEach(pair ->
          pair.values().forEach(key -> unmatched.add(new UnmatchedKey(key, fault.get()))));
      return;
    }
    List<String> order = order(component, numbered);
    List<AdapterModule> modules = new ArrayList<>();
    for (Map.Entry<Integer, Map<String, String>> each : numbered.entrySet()) {
      Map<String, NDArray> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, String> parameter : each.getValue().entrySet()) {
        tensors.put(parameter.getKey(), file.read(parameter.getValue(), scope));
      }
      modules.add(new AdapterModule(order.get(each.getKey()), tensors, new LinkedHashMap<>()));
    }
    components.put(component, modules);
  }

  /** Why the numbers cannot be trusted: with one layer too many or too few, all after it would be wrong. */
  private Optional<String> fault(String component, Map<Integer, Map<String, String>> numbered) {
    if (!layers.containsKey(component)) {
      return Optional.of("belongs to the " + (component.equals(UNET) ? "U-Net" : "text encoder")
          + ", which was not opened");
    }
    int expected = order(component, numbered).size();
    int last = numbered.keySet().stream().max(Integer::compare).orElse(-1);
    return numbered.size() == expected && last == expected - 1 ? Optional.empty()
        : Optional.of("counts layers without naming them, and the file has " + numbered.size() + " (numbered to "
            + last + ") of the classes " + String.join(", ", classes(component)) + ", the base " + expected
            + "; the adapter was made for another base");
  }

  private List<String> order(String component, Map<Integer, Map<String, String>> numbered) {
    return new LayerOrder(classes(component), isEarly(numbered)).of(layers.get(component));
  }

  /** A gate gives eight times the width that its block has; where it stands tells which order it was. */
  private boolean isEarly(Map<Integer, Map<String, String>> numbered) {
    return outputs(numbered, EARLY_GATE) == 8 * outputs(numbered, 0) || outputs(numbered, EARLY_GATE) < 0;
  }

  private long outputs(Map<Integer, Map<String, String>> numbered, int index) {
    String key = numbered.getOrDefault(index, Map.of()).get(LoraNames.UP);
    Shape shape = key == null ? new Shape() : file.shape(key);
    return shape.dimension() == 0 ? -1 : shape.get(0);
  }

  private Set<String> classes(String component) {
    String named = file.metadata().get(component);
    if (named == null) {
      return USUAL.get(component);
    }
    try {
      Set<String> classes = new LinkedHashSet<>();
      JsonNode list = Json.MAPPER.readTree(named);
      list.forEach(each -> classes.add(each.asText()));
      return classes;
    } catch (JsonProcessingException e) {
      throw new FileFault(file.path(), "the metadata '" + component + "' are '" + named
          + "', expected a JSON list of class names", e);
    }
  }
}
