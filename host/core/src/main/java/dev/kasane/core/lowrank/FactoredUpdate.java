package dev.kasane.core.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/** An update that is a product of smaller tensors and does not depend on the weight. */
public interface FactoredUpdate {
  /**
   * factor · the product, float32.
   *
   * @param scope owner of the result
   * @param shape the layer's weight, (out, in) or (out, in, k, k)
   * @param factor what to multiply with
   */
  NDArray delta(NDManager scope, Shape shape, double factor);

  /** The live factors under the community's names, in the order in which they are saved. */
  Map<String, NDArray> named();
}
