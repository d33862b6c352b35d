package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The layers of a checkpoint on disk: names, shapes from its headers, weights one by one. */
public final class CheckpointLayers implements LayerTable, AutoCloseable {
  private final Path root;
  private final Map<String, Map<String, WeightPlace>> places;
  private final Map<String, Map<String, WeightPlace>> biases;
  private final Map<String, String> shared;
  private final Map<Path, TensorSource> sources = new HashMap<>();

  /**
   * @param root the checkpoint, file or folder
   * @param places where each layer's weight lies, by component and path
   * @param biases where the biases lie of those layers that have one
   */
  public CheckpointLayers(Path root, Map<String, Map<String, WeightPlace>> places,
      Map<String, Map<String, WeightPlace>> biases) {
    this(root, places, biases, Map.of());
  }

  /**
   * @param root the checkpoint, file or folder
   * @param places where each layer's weight lies, by component and path
   * @param biases where the biases lie of those layers that have one
   * @param shared layers whose weight is another layer's too, which has no place of its own, each with the other
   */
  public CheckpointLayers(Path root, Map<String, Map<String, WeightPlace>> places,
      Map<String, Map<String, WeightPlace>> biases, Map<String, String> shared) {
    this.root = root;
    this.shared = Map.copyOf(shared);
    this.places = copy(places);
    this.biases = copy(biases);
  }

  private static Map<String, Map<String, WeightPlace>> copy(Map<String, Map<String, WeightPlace>> places) {
    Map<String, Map<String, WeightPlace>> copy = new LinkedHashMap<>();
    places.forEach((component, layers) -> copy.put(component, new LinkedHashMap<>(layers)));
    return Collections.unmodifiableMap(copy);
  }

  /** The checkpoint, file or folder. */
  public Path root() {
    return root;
  }

  @Override
  public String name() {
    return root.toString();
  }

  @Override
  public Map<String, Collection<String>> paths() {
    Map<String, Collection<String>> paths = new LinkedHashMap<>();
    places.forEach((component, layers) -> paths.put(component, layers.keySet()));
    return paths;
  }

  /**
   * Where a layer's weight lies. A checkpoint of a single component, such as a language model's, takes a layer
   * of any component name.
   */
  public Optional<WeightPlace> place(String component, String path) {
    return place(places, component, path);
  }

  /** The other layer whose weight a layer's is too. */
  public Optional<String> sharedWith(String path) {
    return Optional.ofNullable(shared.get(path));
  }

  /** Where a layer's bias lies, as {@link #place}. */
  public Optional<WeightPlace> bias(String component, String path) {
    return place(biases, component, path);
  }

  private static Optional<WeightPlace> place(Map<String, Map<String, WeightPlace>> places, String component,
      String path) {
    Map<String, WeightPlace> layers = places.getOrDefault(component,
        places.size() == 1 ? places.values().iterator().next() : Map.of());
    return Optional.ofNullable(layers.get(path));
  }

  @Override
  public boolean hasBias(String component, String path) {
    return bias(component, path).isPresent();
  }

  @Override
  public Optional<Shape> shape(String component, String path) {
    return place(component, path)
        .map(place -> place.transform().shape(source(place.file()).shape(place.tensor())));
  }

  @Override
  public Optional<NDArray> weight(String component, String path, NDManager scope) {
    return place(component, path)
        .map(place -> place.transform().apply(source(place.file()).read(place.tensor(), scope)));
  }

  private synchronized TensorSource source(Path file) {
    return sources.computeIfAbsent(file, TensorSources::open);
  }

  @Override
  public synchronized void close() {
    sources.values().forEach(TensorSource::close);
    sources.clear();
  }
}
