package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the base model that adapters were made for: with a checkpoint everything, without one
 * its layers' names, or nothing.
 */
public interface LayerTable {
  /** What it describes, for messages: a file, or the name of a kind of base. */
  String name();

  /** The layers' paths by component. */
  Map<String, Collection<String>> paths();

  /** The shape of a layer's weight, where it is known. */
  default Optional<Shape> shape(String component, String path) {
    return Optional.empty();
  }

  /**
   * A layer's weight, where a checkpoint is at hand. It may be read-only and lives as long as the scope.
   *
   * @param scope owner of the tensor
   */
  default Optional<NDArray> weight(String component, String path, NDManager scope) {
    return Optional.empty();
  }

  /**
   * A layer's bias, where a checkpoint is at hand and the layer has one, as {@link #weight}.
   *
   * @param scope owner of the tensor
   */
  default Optional<NDArray> bias(String component, String path, NDManager scope) {
    return Optional.empty();
  }

  /** Whether the layer's weight is another layer's: an output head that scores by the embedding's rows. */
  default boolean isTied(String component, String path) {
    return false;
  }

  /** Whether the layer has a bias; where that is not known, it may. */
  default boolean hasBias(String component, String path) {
    return true;
  }

  /** What to tell the user when {@link #weight} is needed and there is none. */
  default String whyNoWeight() {
    return "No base model was named: name the one that the adapter was made for with «base».";
  }

  /** The names alone, for a model that is built alike and has other sizes. */
  default LayerTable withoutShapes() {
    return of("a model with the layers of " + name() + " in other sizes", paths());
  }

  /** Names alone. */
  static LayerTable of(String name, Map<String, ? extends Collection<String>> paths) {
    Map<String, Collection<String>> copy = Map.copyOf(paths);
    return new LayerTable() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Map<String, Collection<String>> paths() {
        return copy;
      }
    };
  }
}
