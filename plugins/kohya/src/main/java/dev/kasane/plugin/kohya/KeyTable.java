package dev.kasane.plugin.kohya;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every name under which a file may speak of a layer of the base model. */
final class KeyTable {
  private static final int LONGEST = 1024;

  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Set<String> components;

  /**
   * A layer of the base model.
   *
   * @param component the part of the model
   * @param path the dotted path in it
   * @param original whether the name that led here is one of the original code's block names
   */
  record Place(String component, String path, boolean original) {}

  /**
   * A key taken apart.
   *
   * @param place the layer
   * @param name the layer's name in the file
   * @param parameter the parameter's name in the file
   */
  record Entry(Place place, String name, String parameter) {}

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
    Place place = new Place(component, path, original);
    Prefixes.flat(component).forEach(prefix -> places.putIfAbsent(prefix + Prefixes.flattened(name), place));
    Prefixes.dotted(component).forEach(prefix -> places.putIfAbsent(prefix + name, place));
  }

  /** The layer of a name. */
  Optional<Place> find(String name) {
    return Optional.ofNullable(places.get(name));
  }

  /**
   * Takes a key apart at the dot before which the name of a layer stands.
   *
   * @return nothing for a key that names no layer, or nothing besides
   */
  Optional<Entry> entry(String key) {
    for (int dot = key.length() > LONGEST ? -1 : key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
      Place place = places.get(key.substring(0, dot));
      if (place != null) {
        return Optional.of(new Entry(place, key.substring(0, dot), key.substring(dot + 1)));
      }
    }
    return Optional.empty();
  }

  Set<String> names() {
    return Collections.unmodifiableSet(places.keySet());
  }

  boolean has(String component) {
    return components.contains(component);
  }
}
