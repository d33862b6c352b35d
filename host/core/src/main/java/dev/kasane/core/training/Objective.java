package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.GradMode;
import ai.djl.pytorch.jni.TorchBridge;

/**
 * What a run minimises. The trainer does not know pictures from text: this does.
 *
 * @param <B> a batch
 */
@FunctionalInterface
public interface Objective<B> {
  /**
   * The loss of a batch.
   *
   * @param scope owner of everything that is computed
   * @return a scalar, float32, with a graph when the grad mode is on
   */
  NDArray loss(B batch, NDManager scope);

  /**
   * Adds the gradients of {@code weight · loss} to the parameters. An objective that runs its model in
   * segments overrides this.
   *
   * @param scope owner of everything that is computed
   * @param weight factor for the gradients: the share of this batch in an accumulated step
   * @return the loss, unweighted
   */
  default double backward(B batch, NDManager scope, double weight) {
    try (GradMode on = GradMode.on()) {
      NDArray loss = loss(batch, scope);
      double value = loss.getFloat();
      if (Double.isFinite(value)) {
        TorchBridge.backward(loss, scope.create((float) weight));
      }
      return value;
    }
  }
}
