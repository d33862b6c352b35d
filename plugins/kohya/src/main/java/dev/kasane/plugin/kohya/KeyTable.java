package dev.kasane.plugin.kohya;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every name under which a file may speak of a layer of the base model. */
final class KeyTable {
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Set<String> components;

  /**
   * A layer of the base model.
   *
   * @param component the part of the model
   * @param path the dotted path in it
   * @param original whether the name that led here is one of the original code's block names
   */
  record Place(String component, String path, boolean original) {
    boolean isSameLayer(Place other) {
      return component.equals(other.component) && path.equals(other.path);
    }
  }

  /** Takes the base model's layer paths by component. */
  KeyTable(Map<String, ? extends Collection<String>> layers) {
    components = layers.keySet();
    layers.forEach((component, paths) -> {
      for (String path : paths) {
        add(component, path, path, false);
        if (!component.equals(Prefixes.UNET)) {
          add(component, path, Prefixes.rooted(path), false);
        }
      }
    });
    Collection<String> unet = layers.get(Prefixes.UNET);
    if (unet != null) {
      OriginalNames names = new OriginalNames(unet);
      unet.forEach(path -> names.of(path).ifPresent(name -> add(Prefixes.UNET, path, name, true)));
    }
  }

  private void add(String component, String path, String name, boolean original) {
    for (String prefix : Prefixes.of(component)) {
      places.putIfAbsent(prefix + Prefixes.flat(name), new Place(component, path, original));
    }
  }

  /** The layer that the part of a key before its first dot names. */
  Optional<Place> find(String module) {
    return Optional.ofNullable(places.get(module));
  }

  /** All names. */
  Set<String> names() {
    return Collections.unmodifiableSet(places.keySet());
  }

  boolean has(String component) {
    return components.contains(component);
  }
}
