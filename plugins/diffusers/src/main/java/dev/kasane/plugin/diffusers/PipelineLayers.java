package dev.kasane.plugin.diffusers;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The base model's layers, text encoders' with and without the root that some library versions leave out. */
final class PipelineLayers {
  private static final String ROOT = "text_model.";

  private final Map<String, Map<String, String>> paths = new LinkedHashMap<>();

  PipelineLayers(Map<String, ? extends Collection<String>> layers) {
    layers.forEach((component, listed) -> {
      Map<String, String> names = new LinkedHashMap<>();
      listed.forEach(path -> names.put(path, path));
      if (component.startsWith(DiffusersKey.TEXT_ENCODER)) {
        listed.forEach(path -> names.putIfAbsent(
            path.startsWith(ROOT) ? path.substring(ROOT.length()) : ROOT + path, path));
      }
      paths.put(component, names);
    });
  }

  boolean has(String component) {
    return paths.containsKey(component);
  }

  /** The base's own path of a layer. */
  Optional<String> find(String component, String path) {
    return Optional.ofNullable(paths.getOrDefault(component, Map.of()).get(path));
  }

  /** Every path of a part. */
  Set<String> of(String component) {
    return paths.getOrDefault(component, Map.of()).keySet();
  }

  /** A text encoder's path without its root. */
  static String bare(String component, String path) {
    return component.startsWith(DiffusersKey.TEXT_ENCODER) && path.startsWith(ROOT)
        ? path.substring(ROOT.length()) : path;
  }

  /** A text encoder's path with the root that files have. */
  static String rooted(String component, String path) {
    return component.startsWith(DiffusersKey.TEXT_ENCODER) && !path.startsWith(ROOT)
        && !path.startsWith("text_projection") ? ROOT + path : path;
  }
}
