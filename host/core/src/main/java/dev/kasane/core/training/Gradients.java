package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
    try (NDManager scratch = gradients.get(0).getManager().newSubManager(); GradMode off = GradMode.off()) {
      return AdamW.SCRIPT.callAll("norm", scratch, gradients)[0].getFloat();
    }
  }

  /** Makes tensors zero in place, whatever they hold. */
  public static void zero(List<NDArray> gradients) {
    if (gradients.isEmpty()) {
      return;
    }
    try (NDManager scratch = gradients.get(0).getManager().newSubManager(); GradMode off = GradMode.off()) {
      AdamW.SCRIPT.callAll("zero", scratch, gradients);
    }
  }
}
