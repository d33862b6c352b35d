package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;

/** Reads the shape of a layer off the factors that a file has for it. */
final class FactorShapes {
  private static final int MATRIX = 2;
  private static final int KERNELS = 4;

  private FactorShapes() {}

  /** (out, in), or (out, in, k, k) where one of the factors has a kernel. */
  static Shape of(AdapterModule saved) {
    Shape down = factor(saved, LoraFactors.DOWN);
    Shape up = factor(saved, LoraFactors.UP);
    boolean core = saved.tensors().containsKey(LoraFactors.MID);
    Shape kernel = core ? factor(saved, LoraFactors.MID) : down;
    return kernel.dimension() == KERNELS ? new Shape(up.get(0), down.get(1), kernel.get(2), kernel.get(3))
        : new Shape(up.get(0), down.get(1));
  }

  /** (entries, width) of an embedding. */
  static Shape ofTable(AdapterModule saved) {
    return new Shape(factor(saved, EmbeddingAdapter.A).get(1), factor(saved, EmbeddingAdapter.B).get(0));
  }

  private static Shape factor(AdapterModule saved, String name) {
    NDArray tensor = saved.tensors().get(name);
    if (tensor == null) {
      throw new UserException("Layer " + saved.path() + ": the file has no " + name
          + "; lora_down and lora_up belong together. The file is damaged or was cut apart.");
    }
    Shape shape = tensor.getShape();
    if (shape.dimension() != MATRIX && shape.dimension() != KERNELS) {
      throw new UserException("Layer " + saved.path() + ": " + name + " has shape " + shape
          + ", but a factor has two axes, or four for a convolution. The file is damaged.");
    }
    return shape;
  }
}
