package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.spi.FrozenWeight;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Named tensors in files: names, shapes and types are known at once, values are read one by one.
 *
 * <p>Tensors that were read stay valid after {@link #close}.
 */
public interface TensorSource extends AutoCloseable {
  /** The names of all tensors, in a stable order. Unmodifiable. */
  Set<String> names();

  /**
   * What is known of a tensor.
   *
   * @param all by name, what is known of each
   * @throws UserException when there is no such tensor
   */
  default <T> T find(Map<String, T> all, String name) {
    T found = all.get(name);
    if (found == null) {
      throw new UserException(location() + " has no tensor '" + name + "' among its " + names().size() + ".");
    }
    return found;
  }

  /**
   * The shape of a tensor.
   *
   * @throws UserException when there is no such tensor
   */
  Shape shape(String name);

  /**
   * The stored type of a tensor's elements.
   *
   * @throws UserException when there is no such tensor
   */
  DType dtype(String name);

  /**
   * Reads a tensor in its stored type. Where the memory of the file can serve as it lies, nothing is copied
   * and the tensor is <em>read-only</em>: an operation in place on it ends the process. The memory stays in
   * place until {@code owner} is closed, so the tensor must not move to a manager that lives longer.
   *
   * <p>The 8-bit floats, which DJL does not know, are widened to float32.
   *
   * @param name the tensor
   * @param owner owner of the tensor; a GPU's manager takes a copy there
   * @throws UserException when there is no such tensor, the file has become unreadable, or its type is one
   *     that no engine type matches
   */
  NDArray read(String name, NDManager owner);

  /** Whether {@link #read} may give the memory of the file as it lies; otherwise the tensor is always a copy. */
  default boolean mayShareMemory(String name) {
    return true;
  }

  /**
   * A tensor that is stored in another way than densely, as a weight of that storage.
   *
   * @param name the tensor
   * @param type what the weight is to be when it is made dense
   * @param owner owner of what the weight holds
   * @return empty for a dense tensor, which {@link #read} gives
   * @throws UserException when there is no such tensor, or what is stored is damaged
   */
  default Optional<FrozenWeight> quantised(String name, DataType type, NDManager owner) {
    return Optional.empty();
  }

  /**
   * Whether {@link #quantised} gives a tensor.
   *
   * @throws UserException when there is no such tensor
   */
  default boolean isQuantised(String name) {
    return false;
  }

  /**
   * The file that a tensor lies in, for messages.
   *
   * @throws UserException when there is no such tensor
   */
  String origin(String name);

  /** What was opened, file or folder, for messages. */
  String location();

  /** Texts that the file carries beside its tensors; empty where it has none. */
  default Map<String, String> metadata() {
    return Map.of();
  }

  /**
   * Closes the files.
   *
   * @throws UserException when they cannot be closed
   */
  @Override
  void close();
}
