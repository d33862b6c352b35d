package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.TorchScript;
import java.util.List;

/** What an optimiser does to lists of tensors, each list in one call. */
interface OptimizerOps {
  OptimizerOps OPTIMIZER = TorchScript.bind(OptimizerOps.class, "optimizer.ts.py");

  /**
   * Scales gradients in place and clips them to a total norm.
   *
   * @param limit 0 for none
   * @return the norm before clipping; where it is not finite the gradients mean nothing any more
   */
  NDArray clip(NDManager scope, List<NDArray> gradients, double scale, double limit);

  /** The norm of all gradients together. */
  double norm(List<NDArray> gradients);

  /**
   * One step of AdamW (Loshchilov and Hutter 2019, algorithm 2), in place; {@code steps} counts up.
   *
   * @param norm nothing changes where it is not finite, so that a GPU need not be waited for to tell
   */
  void adamw(NDArray norm, List<NDArray> parameters, List<NDArray> gradients, List<NDArray> firstMoments,
      List<NDArray> secondMoments, List<NDArray> steps, double learningRate, double beta1, double beta2,
      double weightDecay, double epsilon);

  /** Fills with zeros. */
  void zero(List<NDArray> tensors);

  /** average += (1 − decay)·(parameters − average). */
  void exponentialAverage(List<NDArray> average, List<NDArray> parameters, double decay);
}
