package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Moves parameters against their gradients. */
public interface Optimizer extends AutoCloseable {
  /**
   * Makes one step from the gradients that backward has left, and zeroes them.
   *
   * <p>When the gradients are not finite, nothing moves.
   *
   * @param learningRate the rate of this step
   * @param gradientScale factor for the gradients, 1 for none
   * @param maxGradientNorm total norm that gradients are clipped to, 0 for no clipping
   * @return the total norm of the scaled gradients before clipping; not finite when nothing was moved
   */
  double step(double learningRate, double gradientScale, double maxGradientNorm);

  /** Everything that a resumed run needs, by name: the live tensors. */
  Map<String, NDArray> state();

  /** Gives back what the states take beside memory that a manager owns; the states are not usable afterwards. */
  @Override
  default void close() {}
}
