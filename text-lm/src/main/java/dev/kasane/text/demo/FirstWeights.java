package dev.kasane.text.demo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.text.model.CausalLm;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * First weights of a Llama that is trained from nothing: a narrow normal distribution, narrower still where a
 * residual branch ends (Radford et al. 2019, section 2.3); norms begin as the identity.
 */
final class FirstWeights {
  private static final double DEVIATION = 0.02;

  private FirstWeights() {}

  /** Gives the model trainable float32 weights, drawn from libtorch's generator, and returns them by path. */
  static Map<String, NDArray> give(CausalLm model, NDManager owner) {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    model.namedWeights().forEach((path, weight) -> {
      NDArray value = first(path, weight.shape(), model.config().layers().count(), owner);
      value.setRequiresGradient(true);
      weight.set(new DenseWeight(value));
      parameters.put(path, value);
    });
    return parameters;
  }

  private static NDArray first(String path, Shape shape, int layers, NDManager owner) {
    if (shape.dimension() == 1) {
      return owner.ones(shape, DataType.FLOAT32);
    }
    boolean endsBranch = path.endsWith("o_proj.weight") || path.endsWith("down_proj.weight");
    double deviation = endsBranch ? DEVIATION / Math.sqrt(2.0 * layers) : DEVIATION;
    return owner.randomNormal(0f, (float) deviation, shape, DataType.FLOAT32);
  }
}
