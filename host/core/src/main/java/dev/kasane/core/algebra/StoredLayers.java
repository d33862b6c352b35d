package dev.kasane.core.algebra;

import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorTransform;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Collects where a checkpoint's layers lie, from the names of its tensors: a layer is a tensor of two or four
 * axes whose name ends in {@code .weight}, and no embedding; with one axis it is a normalisation. A tensor of one
 * axis that ends in {@code .bias} is a layer's bias.
 */
public final class StoredLayers {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";
  private static final int VECTOR = 1;
  private static final int MATRIX = 2;
  private static final int KERNELS = 4;

  private final Map<String, Map<String, WeightPlace>> places = new LinkedHashMap<>();
  private final Map<String, Map<String, WeightPlace>> biases = new LinkedHashMap<>();

  /**
   * A tensor's place in the model.
   *
   * @param name the tensor's name there
   * @param transform from the stored form
   */
  public record Place(String name, TensorTransform transform) {}

  /**
   * Adds the layers of a component.
   *
   * @param component part of the model
   * @param source the tensors
   * @param prefix what their names begin with; others are passed over
   * @param names a name without the prefix → its place or places in the model
   */
  public void add(String component, TensorSource source, String prefix, Function<String, List<Place>> names) {
    for (String stored : source.names()) {
      int axes = stored.startsWith(prefix) ? source.shape(stored).dimension() : 0;
      if (axes == VECTOR || axes == MATRIX || axes == KERNELS) {
        for (Place place : names.apply(stored.substring(prefix.length()))) {
          WeightPlace found = new WeightPlace(Path.of(source.origin(stored)), stored, place.transform());
          if (place.name().endsWith(WEIGHT) && !isEmbedding(without(place.name(), WEIGHT))) {
            put(places, component, place.name(), WEIGHT, found);
          } else if (place.name().endsWith(BIAS) && axes == VECTOR) {
            put(biases, component, place.name(), BIAS, found);
          }
        }
      }
    }
  }

  /** Whether a path is that of a table of rows, by the names that the libraries give these. */
  static boolean isEmbedding(String path) {
    return path.endsWith("_embedding") || path.endsWith("embed_tokens") || path.endsWith("embed_positions")
        || path.endsWith("embed_in") || path.endsWith("wte") || path.endsWith("wpe");
  }

  /** Adds a layer, and its bias, whose tensor has a name of its own, where the source has it. */
  public void addOne(String component, TensorSource source, String stored, String path,
      TensorTransform transform) {
    if (source.names().contains(stored)) {
      put(places, component, path + WEIGHT, WEIGHT,
          new WeightPlace(Path.of(source.origin(stored)), stored, transform));
    }
    String bias = stored.endsWith(WEIGHT) ? without(stored, WEIGHT) + BIAS : stored + BIAS;
    if (source.names().contains(bias)) {
      put(biases, component, path + BIAS, BIAS, WeightPlace.of(Path.of(source.origin(bias)), bias));
    }
  }

  private static void put(Map<String, Map<String, WeightPlace>> all, String component, String name, String ending,
      WeightPlace place) {
    all.computeIfAbsent(component, key -> new LinkedHashMap<>()).put(without(name, ending), place);
  }

  private static String without(String name, String ending) {
    return name.substring(0, name.length() - ending.length());
  }

  /** Whether there is no layer. */
  public boolean isEmpty() {
    return places.isEmpty();
  }

  /**
   * What was collected; the sources may be closed.
   *
   * @param root the checkpoint, file or folder
   */
  public CheckpointLayers at(Path root) {
    return new CheckpointLayers(root, places, biases, Optional.empty());
  }
}
