package dev.kasane.plugin.peft;

import dev.kasane.core.FewNearNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the layers of the base that a file's paths mean. */
final class BasePlaces {
  /** transformers 5 dropped this root of CLIP's text encoders; files of either kind exist. */
  private static final String TEXT_ROOT = "text_model.";
  /** What transformers calls the heads of its models for classification. */
  private static final Set<String> CLASSIFICATION_HEADS = Set.of("score", "classifier");
  private final Map<String, Set<String>> layers = new LinkedHashMap<>();
  private final FewNearNames near = new FewNearNames();

  /** A layer of the base. */
  record Place(String component, String path) {}

  /**
   * @param layers the base's layers by component
   * @param part the component that the file's folder names; ignored when the base has none of that name
   */
  BasePlaces(Map<String, Collection<String>> layers, String part) {
    layers.forEach((component, paths) -> {
      if (!layers.containsKey(part) || component.equals(part)) {
        this.layers.put(component, Set.copyOf(paths));
      }
    });
  }

  /** The layer of a path. */
  Optional<Place> find(String path) {
    for (Map.Entry<String, Set<String>> component : layers.entrySet()) {
      for (String name : names(component.getKey(), path)) {
        if (component.getValue().contains(name)) {
          return Optional.of(new Place(component.getKey(), name));
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> names(String component, String path) {
    if (!component.startsWith("text_encoder")) {
      return List.of(path);
    }
    return List.of(path,
        path.startsWith(TEXT_ROOT) ? path.substring(TEXT_ROOT.length()) : TEXT_ROOT + path);
  }

  /** Why a path finds no layer: what the base has instead. */
  String reason(String path) {
    List<String> all = new ArrayList<>();
    layers.values().forEach(all::addAll);
    Optional<String> wrapped = all.stream().filter(layer ->
        layer.endsWith("." + path) || path.endsWith("." + layer)).sorted().findFirst();
    if (wrapped.isPresent()) {
      return "the base calls this layer " + wrapped.get() + ": the adapter was trained on the same model in"
          + " another wrapping, such as without its head";
    }
    if (CLASSIFICATION_HEADS.contains(path)) {
      return path + " is the head of a classifying model, which the base is not";
    }
    return "the base has no layer " + path + near.of(path, all).map(name -> "; its nearest is " + name).orElse("");
  }
}
