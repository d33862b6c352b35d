package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import java.util.stream.Collectors;

/** Reads the shape of a layer off the tensors that a file has for it. */
public final class SavedShapes {
  private static final int KERNELS = 4;

  private final AdapterModule saved;

  public SavedShapes(AdapterModule saved) {
    this.saved = saved;
  }

  public boolean has(String name) {
    return saved.tensors().containsKey(name);
  }

  public Shape of(String name) {
    NDArray tensor = saved.tensors().get(name);
    if (tensor == null) {
      throw new UserException("Layer " + saved.path() + ": the file has "
          + saved.tensors().keySet().stream().sorted().collect(Collectors.joining(", ")) + " but no " + name
          + "; they belong together. The file is damaged or was cut apart.");
    }
    return tensor.getShape();
  }

  /** The length of an axis that a tensor must have. */
  public long size(String name, int axis) {
    Shape shape = of(name);
    if (shape.dimension() <= axis) {
      throw new UserException("Layer " + saved.path() + ": " + name + " has shape " + shape
          + ", which is none that this method writes. The file is damaged.");
    }
    return shape.get(axis);
  }

  public boolean isKernels(String name) {
    return has(name) && of(name).dimension() == KERNELS;
  }

  /** (out, in, k, k) with the kernel of a tensor of four axes. */
  public Shape convolution(long outputs, long inputs, String kernels) {
    return new Shape(outputs, inputs, size(kernels, 2), size(kernels, 3));
  }

  /**
   * A layer whose weight is a product of two factors. A convolution's kernel may lie in the columns, which only
   * magnitudes of its inputs then tell.
   *
   * @param rows outputs
   * @param columns inputs, times the kernel's size
   */
  public Shape product(long rows, long columns) {
    if (isKernels(Magnitude.NAME) && size(Magnitude.NAME, 0) == 1) {
      long inputs = size(Magnitude.NAME, 1);
      long kernel = Math.round(Math.sqrt((double) columns / inputs));
      return new Shape(rows, inputs, kernel, kernel);
    }
    return new Shape(rows, columns);
  }
}
