package dev.kasane.core.training;

import static dev.kasane.core.training.OptimizerOps.OPTIMIZER;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.GradMode;
import java.util.List;

/** What optimisers do with the gradients of all parameters together, on whatever device they are. */
public final class Gradients {
  private Gradients() {}

  /**
   * The Euclidean norm of all numbers of some tensors.
   *
   * @param gradients of one type, on one device
   */
  public static double norm(List<NDArray> gradients) {
    if (gradients.isEmpty()) {
      return 0;
    }
    try (GradMode off = GradMode.off()) {
      return OPTIMIZER.norm(gradients);
    }
  }

  /** Makes tensors zero in place, whatever they hold. */
  public static void zero(List<NDArray> gradients) {
    if (gradients.isEmpty()) {
      return;
    }
    try (GradMode off = GradMode.off()) {
      OPTIMIZER.zero(gradients);
    }
  }
}
