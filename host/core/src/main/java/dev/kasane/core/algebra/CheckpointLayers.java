package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.TensorTransform;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The layers of a checkpoint on disk: names, shapes from its headers, weights one by one. */
public final class CheckpointLayers implements LayerTable, AutoCloseable {
  private final Path root;
  private final Map<String, Map<String, WeightPlace>> places;
  private final Map<String, Map<String, WeightPlace>> biases;
  private final Optional<Vocabulary> vocabulary;
  private final Map<Path, TensorSource> sources;

  /**
   * @param root the checkpoint, file or folder
   * @param places where each layer's weight lies, by component and path; that of a tied head where the embedding's does
   * @param biases where the biases lie of those layers that have one
   * @param vocabulary a language model's layers with a row for every token
   */
  public CheckpointLayers(Path root, Map<String, Map<String, WeightPlace>> places,
      Map<String, Map<String, WeightPlace>> biases, Optional<Vocabulary> vocabulary) {
    this(root, places, biases, vocabulary, new HashMap<>());
  }

  private CheckpointLayers(Path root, Map<String, Map<String, WeightPlace>> places,
      Map<String, Map<String, WeightPlace>> biases, Optional<Vocabulary> vocabulary, Map<Path, TensorSource> sources) {
    this.root = root;
    this.vocabulary = vocabulary;
    this.places = copy(places);
    this.biases = copy(biases);
    this.sources = sources;
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

  /** A language model's layers with a row for every token. */
  public Optional<Vocabulary> vocabulary() {
    return vocabulary;
  }

  /**
   * A language model with another number of rows in its tables of tokens: the first ones, and zeros for those that are
   * missing. It reads from the files that this one has opened, which closes them.
   *
   * @param rows how many
   */
  public CheckpointLayers withRows(long rows) {
    Map<String, Map<String, WeightPlace>> resized = new LinkedHashMap<>();
    places.forEach((component, layers) -> {
      Map<String, WeightPlace> copy = new LinkedHashMap<>(layers);
      copy.replaceAll((path, place) -> vocabulary.filter(each -> each.has(path)).isEmpty() ? place
          : new WeightPlace(place.file(), place.tensor(), new TensorTransform.Rows(rows)));
      resized.put(component, copy);
    });
    return new CheckpointLayers(root, resized, biases, vocabulary, sources);
  }

  /** The number of rows that {@link #withRows} was given. */
  public OptionalLong resizedRows() {
    return places.values().stream().flatMap(layers -> layers.values().stream()).map(WeightPlace::transform)
        .filter(TensorTransform.Rows.class::isInstance).mapToLong(each -> ((TensorTransform.Rows) each).count())
        .findFirst();
  }

  @Override
  public boolean isTied(String component, String path) {
    return vocabulary.filter(each -> each.tied().isPresent() && each.head().equals(path)).isPresent();
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

  @Override
  public Optional<NDArray> bias(String component, String path, NDManager scope) {
    return bias(component, path)
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
