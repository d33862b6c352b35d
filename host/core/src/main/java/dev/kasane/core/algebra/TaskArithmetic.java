package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.GradMode;
import java.util.Arrays;
import java.util.List;

/** Merges tensors of one shape, one from each adapter, with the formulas of PEFT's {@code merge_utils}. */
final class TaskArithmetic {
  private final MixOptions options;
  private final long seed;
  private final NDManager scope;

  /**
   * @param seed what all random draws follow from
   * @param scope owner of all results
   */
  TaskArithmetic(MixOptions options, long seed, NDManager scope) {
    this.options = options;
    this.seed = seed;
    this.scope = scope;
  }

  /**
   * @param tasks float32 tensors of one shape, thinned out
   * @param weights one for each
   * @return owned by the scope
   */
  NDArray merge(List<NDArray> tasks, double[] weights) {
    try (GradMode off = GradMode.off()) {
      NDArray stack = ALGEBRA.stacked(scope, tasks);
      NDArray factors = factors(weights, stack.getShape().dimension());
      return options.method().electsSign()
          ? ALGEBRA.electedMean(scope, stack, factors, options.frequency())
          : ALGEBRA.weightedSum(scope, stack, factors);
    }
  }

  /** The tensors with as many of their entries as the method keeps. */
  List<NDArray> sparse(List<NDArray> tasks) {
    if (options.density() == 1) {
      return tasks;
    }
    try (GradMode off = GradMode.off()) {
      return switch (options.method().sparsity()) {
        case NONE -> tasks;
        case LARGEST -> tasks.stream()
            .map(task -> ALGEBRA.keepLargest(scope, task, (long) (options.density() * task.size()))).toList();
        case RANDOM -> List.of(ALGEBRA.keepRandom(scope, tasks, options.density(), seed));
      };
    }
  }

  /** The weights along the first axis of the stack. */
  private NDArray factors(double[] weights, int dimensions) {
    float[] values = new float[weights.length];
    long[] shape = new long[dimensions];
    Arrays.fill(shape, 1);
    shape[0] = weights.length;
    for (int i = 0; i < weights.length; i++) {
      values[i] = (float) weights[i];
    }
    return scope.create(values, new Shape(shape));
  }
}
