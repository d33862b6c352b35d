package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.TorchScript;
import java.util.List;

/** A change of form between two layouts of the same values; none of them computes anything. */
public sealed interface TensorTransform {
  /** The shape that comes out. */
  Shape shape(Shape stored);

  /**
   * Applies the change. The result may share the memory of {@code stored}, or be {@code stored} itself, and
   * has the same owner.
   */
  NDArray apply(NDArray stored);

  /** Whether the result may share the memory of what it is made of. */
  default boolean mayShareMemory() {
    return true;
  }

  /** Joins tensors along their first axis; the result belongs to {@code owner}. */
  static NDArray concatenate(NDList parts, NDManager owner) {
    return Script.FORMS.concatenate(owner, List.copyOf(parts));
  }

  /** The tensor without its graph, row-major without gaps; it may share memory, and has another owner. */
  static NDArray contiguous(NDArray tensor, NDManager owner) {
    return Script.FORMS.contiguous(owner, tensor);
  }

  /** A view of some rows. */
  static NDArray rows(NDArray tensor, long first, long count) {
    return Script.FORMS.rows(tensor, first, count);
  }

  /** Nothing changes. */
  record Identity() implements TensorTransform {
    @Override
    public Shape shape(Shape stored) {
      return stored;
    }

    @Override
    public NDArray apply(NDArray stored) {
      return stored;
    }
  }

  /**
   * Appends or drops axes of size one: the weight of a linear layer (out, in) and that of a 1×1 convolution
   * (out, in, 1, 1) hold the same numbers.
   *
   * @param dimensions how many axes come out, at least two
   */
  record PointwiseAxes(int dimensions) implements TensorTransform {
    @Override
    public Shape shape(Shape stored) {
      for (int axis = dimensions; axis < stored.dimension(); axis++) {
        if (stored.get(axis) != 1) {
          // A real kernel has no linear form; the unchanged shape makes the loader report it.
          return stored;
        }
      }
      long[] sizes = new long[dimensions];
      for (int axis = 0; axis < dimensions; axis++) {
        sizes[axis] = axis < stored.dimension() ? stored.get(axis) : 1;
      }
      return new Shape(sizes);
    }

    @Override
    public NDArray apply(NDArray stored) {
      return stored.reshape(shape(stored.getShape()));
    }
  }

  /** Swaps the two axes of a matrix. */
  record Transpose() implements TensorTransform {
    @Override
    public Shape shape(Shape stored) {
      return stored.dimension() == 2 ? new Shape(stored.get(1), stored.get(0)) : stored;
    }

    @Override
    public NDArray apply(NDArray stored) {
      return stored.getShape().dimension() == 2 ? Script.FORMS.transposed(stored) : stored;
    }

    @Override
    public boolean mayShareMemory() {
      return false;
    }
  }

  /**
   * One of several equal parts along the first axis: query, key and value are often stored as one tensor.
   *
   * @param part which, from 0
   * @param parts how many there are
   */
  record RowPart(int part, int parts) implements TensorTransform {
    @Override
    public Shape shape(Shape stored) {
      if (stored.dimension() == 0 || stored.get(0) % parts != 0) {
        return stored;
      }
      long[] sizes = stored.getShape().clone();
      sizes[0] /= parts;
      return new Shape(sizes);
    }

    @Override
    public NDArray apply(NDArray stored) {
      long rows = shape(stored.getShape()).get(0);
      return TensorTransform.rows(stored, part * rows, rows);
    }
  }

  /**
   * Another number of rows of a matrix: the first ones, and zeros for those that are missing. Tables of tokens are
   * stored so where an adapter's vocabulary is another than its base's.
   *
   * @param count how many rows come out
   */
  record Rows(long count) implements TensorTransform {
    @Override
    public Shape shape(Shape stored) {
      return stored.dimension() == 2 ? new Shape(count, stored.get(1)) : stored;
    }

    @Override
    public NDArray apply(NDArray stored) {
      return stored.getShape().dimension() != 2 || stored.getShape().get(0) == count ? stored
          : Script.FORMS.resized(stored, count);
    }

    @Override
    public boolean mayShareMemory() {
      return false;
    }
  }

  /** The operators, loaded when the first of them is needed. */
  interface Script {
    Script FORMS = TorchScript.bind(Script.class, "forms.ts.py");

    NDArray concatenate(NDManager scope, List<NDArray> parts);

    NDArray transposed(NDArray x);

    NDArray rows(NDArray x, long first, long count);

    NDArray contiguous(NDManager scope, NDArray x);

    NDArray resized(NDArray x, long count);
  }
}
