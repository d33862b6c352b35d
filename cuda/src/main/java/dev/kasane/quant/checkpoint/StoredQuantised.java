package dev.kasane.quant.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.quant.QuantisedWeight;

/** A quantised tensor of a checkpoint: what is known of it before its codes are read. */
abstract class StoredQuantised {
  final TensorSource source;
  final String name;

  StoredQuantised(TensorSource source, String name) {
    this.source = source;
    this.name = name;
  }

  final String name() {
    return name;
  }

  /** The dense tensor's shape. */
  abstract Shape shape();

  /** The dense tensor's type. */
  abstract ElementType precision();

  /** Whether a tensor of the file is a part of this one. */
  abstract boolean owns(String part);

  /**
   * Reads codes and scales.
   *
   * @throws UserException when scales are not finite
   */
  abstract QuantisedWeight weight(DataType type, NDManager owner);

  /**
   * A float32 tensor of the file as an array.
   *
   * @throws UserException when a number is infinite or none
   */
  final float[] scales(String part) {
    float[] values;
    try (NDManager scratch = Engines.newManager(); NDArray stored = source.read(part, scratch)) {
      values = stored.toFloatArray();
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new UserException(source.origin(part) + ": '" + part + "' has " + values[i] + " at " + i
            + ", where scales are finite. The file is damaged.");
      }
    }
    return values;
  }
}
