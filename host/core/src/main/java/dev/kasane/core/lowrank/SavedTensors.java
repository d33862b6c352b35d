package dev.kasane.core.lowrank;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.Arrays;

/**
 * One layer's tensors of a file, taken as float32 copies of the shapes that the layer needs. Shapes that
 * differ only by axes of length 1 at the end are the same parameter: files store linear layers as 1×1
 * convolutions and the other way round.
 */
public final class SavedTensors {
  private final TargetLayer layer;
  private final SavedShapes saved;
  private final NDManager scope;

  /**
   * @param saved what a file says of it
   * @param scope owner of the copies
   */
  public SavedTensors(TargetLayer layer, AdapterModule saved, NDManager scope) {
    this.layer = layer;
    this.saved = new SavedShapes(saved);
    this.scope = scope;
  }

  /** The layer that the tensors are for. */
  public TargetLayer layer() {
    return layer;
  }

  public boolean has(String name) {
    return saved.has(name);
  }

  /** The length of an axis; a tensor that is not there or has no such axis is damage. */
  public long size(String name, int axis) {
    return saved.size(name, axis);
  }

  /** The shape of a tensor that must be there. */
  public Shape shape(String name) {
    return saved.of(name);
  }

  public boolean fits(String name, long... wanted) {
    return has(name) && LayerShapes.haveSameNumbers(shape(name), new Shape(wanted));
  }

  /**
   * A copy of a tensor in a shape.
   *
   * @throws UserException when it is not there or has another shape
   */
  public NDArray take(String name, long... wanted) {
    requireShape(name, wanted);
    return reshaped(name, wanted);
  }

  /**
   * A copy of a matrix the other way around.
   *
   * @param wanted the shape in the file
   * @throws UserException when it is not there or has another shape
   */
  public NDArray takeTurned(String name, long... wanted) {
    try (NDArray straight = take(name, wanted)) {
      return LowRankOps.LOW_RANK.turned(scope, straight);
    }
  }

  private void requireShape(String name, long... wanted) {
    Shape stored = shape(name);
    if (!fits(name, wanted)) {
      throw new UserException("Layer " + layer.path() + ": " + name + " has shape " + stored
          + ", but this base needs " + new Shape(wanted) + ". The adapter was made for another base model.");
    }
  }

  /** As {@link #take}, for a matrix whose columns some tools store with the kernel's axes apart. */
  public NDArray takeColumns(String name, long rows, long columns) {
    long kernel = layer.kernel();
    long[] apart = {rows, columns / LayerShapes.kernelSize(layer), kernel, kernel};
    return kernel > 1 && Arrays.equals(shape(name).getShape(), apart)
        ? reshaped(name, rows, columns) : take(name, rows, columns);
  }

  /** A copy of a tensor in another shape of as many numbers. */
  NDArray reshaped(String name, long... wanted) {
    try (GradMode off = GradMode.off(); NDManager own = scope.newSubManager()) {
      NDArray view = Ops.alias(saved.tensor(name), own);
      NDArray values = OPS.cast(view, DataType.FLOAT32).reshape(new Shape(wanted));
      // Casting to the same type and reshaping copy nothing, and a parameter must not share memory.
      NDArray owned = values.duplicate();
      owned.attach(scope);
      return owned;
    }
  }
}
