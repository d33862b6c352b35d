package dev.kasane.core.training;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
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
   * @return the loss, unweighted, a scalar without a graph in the scope. Whoever reads it waits for the device
   */
  default NDArray backward(B batch, NDManager scope, double weight) {
    try (GradMode on = GradMode.on()) {
      NDArray loss = loss(batch, scope);
      TorchBridge.backward(loss, start(loss, weight, scope));
      return Ops.alias(loss, scope);
    }
  }

  /**
   * What backward begins with at a loss: a weight, but not a number where the loss is not finite. Then the gradients'
   * norm is none either, and an optimiser moves nothing, without anybody having waited for the device to read the loss.
   */
  static NDArray start(NDArray loss, double weight, NDManager scope) {
    try (GradMode off = GradMode.off()) {
      return OPS.addScaled(OPS.castLike(scope.create(weight), loss), Ops.alias(loss, scope), 0);
    }
  }
}
