package dev.kasane.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.TensorArena;

/** Frozen weights that keep activations near one, so that no step meets infinities or denormals. */
public final class RandomWeights {
  private RandomWeights() {}

  /**
   * Gives every weight of a model: biases zero, norms one, the rest normal with the deviation of PyTorch's
   * default, 1/√(3 · inputs). They lie in memory as weights do that a loader has converted.
   *
   * @param type of all of them
   * @param owner owner of the tensors
   */
  public static void give(Module model, DataType type, NDManager owner) {
    try (TensorArena arena = new TensorArena(owner)) {
      model.namedWeights().forEach((path, weight) -> {
        try (NDArray value = value(path, weight.shape(), owner)) {
          weight.set(new DenseWeight(arena.copy(value, type)));
        }
      });
    }
  }

  private static NDArray value(String path, Shape shape, NDManager owner) {
    if (path.endsWith(".bias")) {
      return owner.zeros(shape, DataType.FLOAT32);
    } else if (shape.dimension() == 1) {
      return owner.ones(shape, DataType.FLOAT32);
    }
    double inputs = shape.size() / (double) shape.get(0);
    return owner.randomNormal(0f, (float) Math.sqrt(1 / (3 * inputs)), shape, DataType.FLOAT32);
  }
}
