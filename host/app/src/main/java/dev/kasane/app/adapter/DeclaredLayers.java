package dev.kasane.app.adapter;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.module.Weight;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The layers of a base whose weights are not at hand: names, and shapes where it has a module tree. */
public final class DeclaredLayers implements LayerTable {
  private final String name;
  private final Map<String, Collection<String>> paths;
  private final Map<String, Map<String, Weight>> weights = new LinkedHashMap<>();

  /**
   * @param name what it is called in messages
   */
  public DeclaredLayers(String name, AdapterBase base) {
    this.name = name;
    this.paths = Map.copyOf(base.layers());
    base.components().forEach((component, root) -> weights.put(component, root.weightPlaces()));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, Collection<String>> paths() {
    return paths;
  }

  @Override
  public Optional<Shape> shape(String component, String path) {
    return Optional.ofNullable(weights.getOrDefault(component, Map.of()).get(path + ".weight")).map(Weight::shape);
  }

  @Override
  public boolean hasBias(String component, String path) {
    return weights.isEmpty() || weights.getOrDefault(component, Map.of()).containsKey(path + ".bias");
  }
}
