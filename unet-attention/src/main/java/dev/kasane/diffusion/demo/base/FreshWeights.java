package dev.kasane.diffusion.demo.base;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Module;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * First weights for a model that is trained from nothing: trainable float32 tensors.
 *
 * <p>Layers get PyTorch's own default (uniform within 1/√inputs), biases zero, norms the identity,
 * embeddings a narrow normal distribution. The last layer of a residual branch starts at zero, so that the
 * network begins as the identity (Goyal et al. 2017; Dhariwal and Nichol 2021).
 */
final class FreshWeights {
  private static final double EMBEDDING_DEVIATION = 0.05;

  private FreshWeights() {}

  /**
   * Gives every weight of a model a first value, drawn from libtorch's default generator.
   *
   * @param zeroed which weights start at zero, by path
   * @param owner owner of the tensors
   * @return the trainable tensors by path
   */
  static Map<String, NDArray> give(Module model, Predicate<String> zeroed, NDManager owner) {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    model.namedWeights().forEach((path, weight) -> {
      NDArray value = first(path, weight.shape(), zeroed.test(path), owner);
      value.setRequiresGradient(true);
      weight.set(new DenseWeight(value));
      parameters.put(path, value);
    });
    return parameters;
  }

  private static NDArray first(String path, Shape shape, boolean zero, NDManager owner) {
    if (zero || path.endsWith(".bias")) {
      return owner.zeros(shape, DataType.FLOAT32);
    } else if (shape.dimension() == 1) {
      return owner.ones(shape, DataType.FLOAT32);
    } else if (path.contains("embedding.weight")) {
      return owner.randomNormal(0f, (float) EMBEDDING_DEVIATION, shape, DataType.FLOAT32);
    }
    float bound = (float) (1 / Math.sqrt(shape.size() / (double) shape.get(0)));
    return owner.randomUniform(-bound, bound, shape, DataType.FLOAT32);
  }
}
