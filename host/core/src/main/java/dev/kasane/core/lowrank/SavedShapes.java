package dev.kasane.core.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import java.util.stream.Collectors;

/** Reads the shape of a layer off the tensors that a file has for it. */
public final class SavedShapes {
  private final AdapterModule saved;

  /**
   * @param saved what a file says of the layer
   */
  public SavedShapes(AdapterModule saved) {
    this.saved = saved;
  }

  public boolean has(String name) {
    return saved.tensors().containsKey(name);
  }

  /**
   * A tensor that must be there.
   *
   * @throws UserException when it is not
   */
  NDArray tensor(String name) {
    NDArray tensor = saved.tensors().get(name);
    if (tensor == null) {
      throw new UserException("Layer " + saved.path() + ": the file has "
          + saved.tensors().keySet().stream().sorted().collect(Collectors.joining(", ")) + " but no " + name
          + "; they belong together. The file is damaged or was cut apart.");
    }
    return tensor;
  }

  /** The shape of a tensor that must be there. */
  public Shape of(String name) {
    return tensor(name).getShape();
  }

  /** The length of an axis that a tensor must have. */
  public long size(String name, int axis) {
    Shape shape = of(name);
    if (shape.dimension() <= axis || shape.size() == 0) {
      throw new UserException("Layer " + saved.path() + ": " + name + " has shape " + shape
          + ", which is none that this method writes. The file is damaged.");
    }
    return shape.get(axis);
  }

  public boolean isKernels(String name) {
    return has(name) && of(name).dimension() == LayerShapes.KERNELS;
  }

  /** (out, in, k, k) with the kernel of a tensor of four axes. */
  public Shape convolution(long outputs, long inputs, String kernels) {
    return new Shape(outputs, inputs, size(kernels, 2), size(kernels, 3));
  }

  /** (out, in, k, k) with the kernel of the core if there is one, else of a factor; (out, in) where that has none. */
  public Shape layer(long outputs, long inputs, String core, String factor) {
    String kernels = has(core) ? core : factor;
    return isKernels(kernels) ? convolution(outputs, inputs, kernels) : new Shape(outputs, inputs);
  }

  /**
   * A layer whose weight is a product of two factors. A convolution's kernel may lie in the columns, which only
   * magnitudes of its inputs then tell.
   *
   * @param rows outputs
   * @param columns inputs, times the kernel's size
   */
  public Shape product(long rows, long columns) {
    if (isKernels(LoraNames.MAGNITUDE) && size(LoraNames.MAGNITUDE, 0) == 1) {
      long inputs = size(LoraNames.MAGNITUDE, 1);
      long kernel = Math.round(Math.sqrt((double) columns / inputs));
      return new Shape(rows, inputs, kernel, kernel);
    }
    return new Shape(rows, columns);
  }
}
