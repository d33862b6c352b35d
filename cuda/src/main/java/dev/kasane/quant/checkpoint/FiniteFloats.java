package dev.kasane.quant.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.tensor.Engines;

/** Reads scales. */
final class FiniteFloats {
  private FiniteFloats() {}

  /**
   * A float32 tensor as an array.
   *
   * @throws UserException when a number is infinite or none
   */
  static float[] read(TensorSource source, String name) {
    float[] values;
    try (NDManager scratch = Engines.newManager(); NDArray stored = source.read(name, scratch)) {
      values = stored.toFloatArray();
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new UserException(source.origin(name) + ": '" + name + "' has " + values[i] + " at " + i
            + ", where scales are finite. The file is damaged.");
      }
    }
    return values;
  }
}
