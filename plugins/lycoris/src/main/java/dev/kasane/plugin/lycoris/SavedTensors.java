package dev.kasane.plugin.lycoris;

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
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One layer's tensors of a file, taken as float32 copies of the shapes that the layer needs. Shapes that
 * differ only by axes of length 1 at the end are the same parameter: files store linear layers as 1×1
 * convolutions and the other way round.
 */
public final class SavedTensors {
  private final TargetLayer layer;
  private final AdapterModule saved;
  private final NDManager scope;

  public SavedTensors(TargetLayer layer, AdapterModule saved, NDManager scope) {
    this.layer = layer;
    this.saved = saved;
    this.scope = scope;
  }

  /** Whether a module has one of the marks of a method and nothing besides what the method knows. */
  public static boolean areOf(AdapterModule saved, Set<String> marks, Set<String> tensors, Set<String> constants) {
    Set<String> names = saved.tensors().keySet();
    return names.stream().anyMatch(marks::contains) && tensors.containsAll(names)
        && constants.containsAll(saved.constants().keySet());
  }

  public boolean has(String name) {
    return saved.tensors().containsKey(name);
  }

  /** The length of an axis; a tensor that is not there or has no such axis is damage. */
  public long size(String name, int axis) {
    Shape shape = require(name).getShape();
    if (shape.dimension() <= axis || shape.size() == 0) {
      throw new UserException("Layer " + layer.path() + ": " + name + " has shape " + shape
          + ", which is none that this method writes. The file is damaged.");
    }
    return shape.get(axis);
  }

  public Shape shape(String name) {
    return require(name).getShape();
  }

  private NDArray require(String name) {
    NDArray tensor = saved.tensors().get(name);
    if (tensor == null) {
      throw new UserException("Layer " + layer.path() + ": the file has "
          + saved.tensors().keySet().stream().sorted().collect(Collectors.joining(", ")) + " but no " + name
          + "; they belong together. The file is damaged or was cut apart.");
    }
    return tensor;
  }

  boolean fits(String name, long... wanted) {
    return has(name) && withoutTrailingOnes(shape(name)).equals(withoutTrailingOnes(new Shape(wanted)));
  }

  /**
   * A copy of a tensor in a shape.
   *
   * @throws UserException when it is not there or has another shape
   */
  public NDArray take(String name, long... wanted) {
    Shape shape = new Shape(wanted);
    NDArray stored = require(name);
    if (!fits(name, wanted)) {
      throw new UserException("Layer " + layer.path() + ": " + name + " has shape " + stored.getShape()
          + ", but this base needs " + shape + ". The adapter was made for another base model.");
    }
    return copy(stored, shape);
  }

  /** A copy of a tensor in another shape of as many numbers. */
  NDArray reshaped(String name, long... wanted) {
    return copy(require(name), new Shape(wanted));
  }

  /** As {@link #take}, for a matrix whose columns some tools store with the kernel's axes apart. */
  public NDArray takeColumns(String name, long rows, long columns, Shape kernel) {
    long[] apart = {rows, columns / kernel.size(), kernel.get(0), kernel.get(1)};
    return kernel.size() > 1 && Arrays.equals(shape(name).getShape(), apart)
        ? copy(require(name), new Shape(rows, columns))
        : take(name, rows, columns);
  }

  private NDArray copy(NDArray stored, Shape shape) {
    try (GradMode off = GradMode.off(); NDManager own = scope.newSubManager()) {
      NDArray view = stored.stopGradient();
      view.attach(own);
      NDArray values = Ops.cast(view, DataType.FLOAT32).reshape(shape);
      // Casting to the same type and reshaping copy nothing, and a parameter must not share memory.
      NDArray owned = values.duplicate();
      owned.attach(scope);
      return owned;
    }
  }

  private static Shape withoutTrailingOnes(Shape shape) {
    int length = shape.dimension();
    while (length > 0 && shape.get(length - 1) == 1) {
      length--;
    }
    return shape.slice(0, length);
  }
}
