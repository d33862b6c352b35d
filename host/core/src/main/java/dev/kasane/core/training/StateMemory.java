package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** Where an optimiser keeps its states: in memory, or in a file that is mapped there. */
@FunctionalInterface
public interface StateMemory {
  /**
   * Makes a contiguous tensor of zeros on the CPU or the parameters' device that may be changed in place.
   *
   * @param name the state's name, for messages
   */
  NDArray zeros(String name, Shape shape, DataType type);

  /** Plain tensors that a manager owns. */
  static StateMemory of(NDManager owner) {
    return (name, shape, type) -> owner.zeros(shape, type);
  }
}
