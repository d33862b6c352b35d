package dev.kasane.core.algebra.merge;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorTransform;

/**
 * A tensor of a new checkpoint that is computed.
 *
 * @param stored the tensor that it is made of
 * @param form its shape: that of the stored one, or another number of rows
 * @param update what is added
 */
record TensorChange(String stored, TensorTransform form, WeightUpdate update) {
  /** The shape of the new tensor. */
  Shape shape(TensorSource source) {
    return form.shape(source.shape(stored));
  }

  /** The stored values in the new shape. */
  NDArray resized(NDArray values) {
    return form.apply(values);
  }

  /** Whether the tensor has no counterpart of its name and shape in the old checkpoint. */
  boolean isNew(String name) {
    return !name.equals(stored) || form instanceof TensorTransform.Rows;
  }
}
