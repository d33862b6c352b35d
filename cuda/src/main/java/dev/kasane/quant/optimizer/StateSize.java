package dev.kasane.quant.optimizer;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;

/** The room that an optimiser's state takes in a buffer. */
public final class StateSize {
  private StateSize() {}

  /**
   * Bytes of a state.
   *
   * @param name the state's, for the message
   * @return at most what one buffer holds
   * @throws UserException when it is more
   */
  public static int bytes(String name, Shape shape, DataType type) {
    long bytes = shape.size() * type.getNumOfBytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new UserException("The optimiser's state '" + name + "' of shape " + shape + " has " + bytes
          + " bytes, and one buffer holds 2 GiB. Train this parameter without paging.");
    }
    return (int) bytes;
  }
}
