package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.tensor.TorchScript;
import java.util.List;

/** The operators of this package, over libtorch. Results belong to the scope that is passed. */
final class AlgebraOps {
  private static final TorchScript SCRIPT = TorchScript.load(AlgebraOps.class, "algebra.ts.py");

  private AlgebraOps() {}

  /** A matrix as U·diag(S)·V. */
  record Svd(NDArray left, NDArray values, NDArray right) {}

  static NDArray product(NDManager scope, NDArray down, NDArray up, double factor) {
    return one("product", scope, down, up, factor);
  }

  static NDArray foldCore(NDManager scope, NDArray mid, NDArray down) {
    return one("fold_core", scope, mid, down);
  }

  static NDArray scaled(NDManager scope, NDArray x, double factor) {
    return one("scaled", scope, x, factor);
  }

  static NDArray joined(NDManager scope, List<NDArray> parts, int axis) {
    return one("joined", scope, parts, axis);
  }

  static NDArray stacked(NDManager scope, List<NDArray> parts) {
    return one("stacked", scope, parts);
  }

  /** The Frobenius norm, summed in float64. */
  static double norm(NDArray x) {
    return number("norm", x.getManager(), x);
  }

  /** The Frobenius norm of the difference, summed in float64. */
  static double distance(NDArray a, NDArray b) {
    return number("distance", a.getManager(), a, b);
  }

  static Svd svd(NDManager scope, NDArray matrix) {
    return svd(SCRIPT.callAll("svd", scope, matrix));
  }

  static Svd svdOfFactors(NDManager scope, NDArray down, NDArray up) {
    return svd(SCRIPT.callAll("svd_of_factors", scope, down, up));
  }

  private static Svd svd(NDArray[] parts) {
    return new Svd(parts[0], parts[1], parts[2]);
  }

  static NDArray left(NDManager scope, Svd svd, int rank) {
    return one("left", scope, svd.left(), svd.values(), rank);
  }

  static NDArray right(NDManager scope, Svd svd, int rank) {
    return one("right", scope, svd.right(), rank);
  }

  static double quantile(NDArray a, NDArray b, double quantile) {
    return number("quantile", a.getManager(), a, b, quantile);
  }

  static NDArray clamped(NDManager scope, NDArray x, double limit) {
    return one("clamped", scope, x, limit);
  }

  static NDArray keepLargest(NDManager scope, NDArray x, long count) {
    return one("keep_largest", scope, x, count);
  }

  static NDArray keepRandom(NDManager scope, NDArray x, double density) {
    return one("keep_random", scope, x, density);
  }

  static NDArray weightedSum(NDManager scope, NDArray tasks, NDArray weights) {
    return one("weighted_sum", scope, tasks, weights);
  }

  static NDArray electedMean(NDManager scope, NDArray tasks, NDArray weights, boolean frequency) {
    return one("elected_mean", scope, tasks, weights, frequency);
  }

  static NDArray applied(NDManager scope, NDArray weight, NDArray x) {
    return one("applied", scope, weight, x);
  }

  /** Overwrites a tensor with another's values, rounded to its type. */
  static void copy(NDArray values, NDArray target) {
    one("copy_into", target.getManager(), target, values).close();
  }

  static void addTo(NDArray view, NDArray update) {
    // The result is the view under another handle.
    one("add_to", view.getManager(), view, update).close();
  }

  static void addProduct(NDArray view, NDArray up, NDArray down, double factor) {
    one("add_product", view.getManager(), view, up, down, factor).close();
  }

  static boolean equal(NDArray a, NDArray b) {
    return number("equal", a.getManager(), a, b) == 1;
  }

  /** Whether all elements of a float32 tensor are finite. */
  static boolean isFinite(NDArray x) {
    return Double.isFinite(number("total", x.getManager(), x));
  }

  private static NDArray one(String method, NDManager scope, Object... arguments) {
    return SCRIPT.callAll(method, scope, arguments)[0];
  }

  private static double number(String method, NDManager scope, Object... arguments) {
    try (NDArray result = one(method, scope, arguments)) {
      return result.toType(DataType.FLOAT64, false).toDoubleArray()[0];
    }
  }
}
