package dev.kasane.core.spi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;

/** What is learned of a layer, as a change of its weight and bias: all that merging, mixing and converting need. */
public interface LayerDelta {
  /** The layer that it was attached to or restored on. */
  TargetLayer layer();

  /**
   * ΔW in the base weight's own layout, float32.
   *
   * @param scope owner of the result
   * @param multiplier the user's strength
   */
  NDArray weightDelta(NDManager scope, double multiplier);

  /**
   * What the adapter adds to the layer's bias, (out), float32. Nothing for most methods, and never anything
   * for a layer without a bias; an adapter that has something for it is refused here.
   *
   * @param scope owner of the result
   * @param multiplier the user's strength
   */
  default Optional<NDArray> biasDelta(NDManager scope, double multiplier) {
    return Optional.empty();
  }

  /**
   * The Frobenius norm of ΔW at strength 1.
   *
   * <p>The default builds ΔW. A method whose ΔW is a product of small matrices overrides it.
   *
   * @param scope owner of what is made on the way
   */
  default double deltaNorm(NDManager scope) {
    return weightDelta(scope, 1).norm().toFloatArray()[0];
  }
}
