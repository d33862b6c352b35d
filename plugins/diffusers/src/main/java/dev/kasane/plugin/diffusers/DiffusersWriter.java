package dev.kasane.plugin.diffusers;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.AdapterFileWriter;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.lowrank.DoraStrength;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.GradMode;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes the neutral form under PEFT's names. */
final class DiffusersWriter {
  private static final Set<String> PARTS =
      Set.of(DiffusersKey.UNET, DiffusersKey.TEXT_ENCODER, DiffusersKey.TEXT_ENCODER_2);

  private final AdapterModel model;
  private final AdapterFileWriter writer;
  private final Map<String, List<WrittenModule>> parts = new LinkedHashMap<>();

  DiffusersWriter(AdapterModel model, ElementType storage) {
    this.model = model;
    this.writer = new AdapterFileWriter(storage);
  }

  void write(Path file) {
    AdapterFileWriter.requireFolder(file);
    model.components().forEach((component, modules) -> {
      requirePart(component);
      parts.put(component, modules.stream().map(WrittenModule::new).toList());
    });
    try (GradMode off = GradMode.off()) {
      parts.forEach((component, modules) -> {
        requireOneKind(component, modules);
        modules.forEach(module -> add(component, module));
      });
      writer.write(file, metadata());
    }
  }

  private static void requirePart(String component) {
    if (component.equals(AdapterModel.EMBEDDINGS)) {
      throw new UserException("A diffusers adapter file holds no learned words (textual inversion); save them"
          + " in a file of their own, in the format textual-inversion.");
    }
    if (!PARTS.contains(component)) {
      throw new UserException("A diffusers file holds adapters for a U-Net and its text encoders, not for '"
          + component + "'. Save in another format.");
    }
  }

  /** PEFT's setting is for all layers of a part: those without magnitudes would get some that change them. */
  private static void requireOneKind(String component, List<WrittenModule> modules) {
    long with = modules.stream().filter(WrittenModule::hasMagnitude).count();
    if (with > 0 && with < modules.size()) {
      throw new UserException("Of the " + modules.size() + " layers of " + component + ", " + with
          + " have DoRA magnitudes; in a diffusers file all of a part have them or none. Save as kohya.");
    }
  }

  private void add(String component, WrittenModule module) {
    String name = component + "." + PipelineLayers.rooted(component, module.path()) + ".lora_";
    writer.add(name + "A.weight", module.down());
    writer.add(name + "B.weight", module.up());
    if (module.upBias() != null) {
      writer.add(name + "B.bias", module.upBias());
    }
    if (module.hasMagnitude()) {
      writer.add(name + "magnitude_vector", module.magnitude());
    }
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>(model.metadata());
    metadata.put("format", "pt");
    DoraStrength.save(model, metadata);
    metadata.remove(PeftMetadata.KEY);
    if (parts.values().stream().flatMap(List::stream).anyMatch(WrittenModule::hasAlpha)) {
      // A part without settings would get PEFT's defaults: all have them or none.
      Map<String, Object> settings = new TreeMap<>();
      parts.forEach((component, modules) -> settings(component, modules, settings));
      try {
        metadata.put(PeftMetadata.KEY, Json.MAPPER.writeValueAsString(settings));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("Numbers and names make JSON", e);
      }
    }
    return metadata;
  }

  private static void settings(String component, List<WrittenModule> modules, Map<String, Object> settings) {
    if (modules.isEmpty()) {
      return;
    }
    Function<WrittenModule, String> name = module -> PipelineLayers.bare(component, module.path());
    long rank = mostCommon(modules, WrittenModule::rank);
    double alpha = mostCommon(modules, WrittenModule::alpha);
    settings.put(component + ".r", rank);
    settings.put(component + PeftMetadata.ALPHA, alpha);
    settings.put(component + ".rank_pattern", modules.stream().filter(module -> module.rank() != rank)
        .collect(Collectors.toMap(name, WrittenModule::rank, (a, b) -> b, TreeMap::new)));
    settings.put(component + PeftMetadata.ALPHA_PATTERN, modules.stream()
        .filter(module -> module.alpha() != alpha)
        .collect(Collectors.toMap(name, WrittenModule::alpha, (a, b) -> b, TreeMap::new)));
    settings.put(component + ".target_modules", modules.stream().map(name).sorted().toList());
    settings.put(component + ".use_dora", modules.get(0).hasMagnitude());
    settings.put(component + ".lora_bias", modules.stream().anyMatch(module -> module.upBias() != null));
  }

  private static <T extends Comparable<T>> T mostCommon(
      List<WrittenModule> modules, Function<WrittenModule, T> value) {
    Map<T, Long> counts = modules.stream().collect(
        Collectors.groupingBy(value, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream().max(Comparator.comparing(Map.Entry::getValue)).orElseThrow().getKey();
  }
}
