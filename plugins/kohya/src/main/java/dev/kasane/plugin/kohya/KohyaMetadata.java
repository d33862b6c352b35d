package dev.kasane.plugin.kohya;

import static dev.kasane.core.lowrank.LoraNames.DOWN;
import static dev.kasane.core.lowrank.LoraNames.UP;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.lowrank.DoraStrength;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a file says about itself: the fields that kohya's scripts write even when told to write none, and
 * Stability's model specification 1.0.1.
 *
 * <p>What the caller knows goes before what is worked out here. No time is written unless it is given, so
 * that the same content makes the same file.
 */
final class KohyaMetadata {
  private static final String BASE_VERSION = "ss_base_model_version";
  /** The fields that describe the tensors of a file. */
  static final Set<String> OF_TENSORS = Set.of("ss_network_dim", "ss_network_alpha", "ss_network_args",
      "ss_network_module", "ss_output_name", PublishedHashes.MODEL, PublishedHashes.LEGACY, "modelspec.title",
      "modelspec.hash_sha256", "modelspec.date");
  private static final String DYNAMIC = "Dynamic";
  private static final Map<Long, String> BASE_BY_CONTEXT_WIDTH =
      Map.of(768L, "sd_v1", 1024L, "sd_v2", 2048L, "sdxl_base_v1-0");

  /** What the specification says of a base: architecture, implementation, side of its pictures. */
  private record Base(String architecture, String implementation, int side) {}

  private static final Map<String, Base> BASES = Map.of(
      "sd_v1", new Base("stable-diffusion-v1", "diffusers", 512),
      "sd_v2", new Base("stable-diffusion-v2-512", "diffusers", 512),
      "sd_v2_v", new Base("stable-diffusion-v2-768-v", "diffusers", 768),
      "sdxl_base_v1-0", new Base("stable-diffusion-xl-v1-base",
          "https://github.com/Stability-AI/generative-models", 1024));

  private final List<AdapterModule> modules;
  private final Map<String, String> metadata;

  private KohyaMetadata(AdapterModel model) {
    this.modules = model.components().values().stream().flatMap(List::stream).toList();
    this.metadata = new TreeMap<>(model.metadata());
  }

  /**
   * The complete metadata but for the hashes.
   *
   * @param model what is written
   * @param name the file's name without its ending
   */
  static Map<String, String> of(AdapterModel model, String name) {
    KohyaMetadata fields = new KohyaMetadata(model);
    fields.network(name);
    fields.specification();
    DoraStrength.save(model, fields.metadata);
    return fields.metadata;
  }

  private void network(String name) {
    boolean lora = modules.stream().allMatch(module -> Set.of(DOWN, UP).equals(module.tensors().keySet()));
    metadata.putIfAbsent("ss_network_module", lora ? "networks.lora" : "lycoris.kohya");
    metadata.putIfAbsent("ss_network_dim", common(modules.stream()
        .map(module -> module.tensors().get(DOWN)).filter(Objects::nonNull)
        .map(down -> String.valueOf(down.getShape().get(0))).collect(Collectors.toSet())));
    metadata.putIfAbsent("ss_network_alpha", common(modules.stream()
        .map(module -> module.constants().get(AdapterModule.ALPHA)).filter(Objects::nonNull)
        .map(String::valueOf).collect(Collectors.toSet())));
    metadata.putIfAbsent("ss_network_args", "{}");
    metadata.putIfAbsent("ss_output_name", name);
    contextWidth().map(BASE_BY_CONTEXT_WIDTH::get)
        .ifPresent(version -> metadata.putIfAbsent(BASE_VERSION, version));
    boolean second = metadata.getOrDefault(BASE_VERSION, "").startsWith("sd_v2");
    metadata.putIfAbsent("ss_v2", second ? "True" : "False");
  }

  private static String common(Set<String> values) {
    return values.size() == 1 ? values.iterator().next() : DYNAMIC;
  }

  /** The width of the text that cross-attention reads tells the base models apart. */
  private Optional<Long> contextWidth() {
    return modules.stream().filter(module -> module.path().endsWith("attn2.to_k"))
        .map(module -> module.tensors().get(DOWN)).filter(Objects::nonNull)
        .map(NDArray::getShape).map(shape -> shape.get(1)).findFirst();
  }

  private void specification() {
    Base base = BASES.get(metadata.getOrDefault(BASE_VERSION, ""));
    metadata.putIfAbsent("modelspec.sai_model_spec", "1.0.1");
    metadata.putIfAbsent("modelspec.title", metadata.get("ss_output_name"));
    if (base != null) {
      metadata.putIfAbsent("modelspec.architecture", base.architecture() + "/lora");
      metadata.putIfAbsent("modelspec.implementation", base.implementation());
      metadata.putIfAbsent("modelspec.resolution", base.side() + "x" + base.side());
      metadata.putIfAbsent("modelspec.prediction_type",
          base.architecture().endsWith("-v") ? "v" : "epsilon");
    }
  }

  /** The fields in which kohya's scripts keep a training's settings; the old hash covers these alone. */
  static Map<String, String> trainingOnly(Map<String, String> metadata) {
    return metadata.entrySet().stream().filter(field -> field.getKey().startsWith("ss_"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> b, TreeMap::new));
  }
}
