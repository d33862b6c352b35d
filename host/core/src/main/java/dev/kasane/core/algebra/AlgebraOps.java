package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.TorchScript;
import java.util.List;

/** The operators of this package, over libtorch. Results belong to the scope that is passed. */
public interface AlgebraOps {
  AlgebraOps ALGEBRA = TorchScript.bind(AlgebraOps.class, "algebra.ts.py");

  /** A matrix as U·diag(S)·V. */
  record Svd(NDArray left, NDArray values, NDArray right) {}

  NDArray scaled(NDManager scope, NDArray x, double factor);

  NDArray joined(NDManager scope, List<NDArray> parts, int axis);

  NDArray stacked(NDManager scope, List<NDArray> parts);

  /** The Frobenius norm, summed in float64. */
  double norm(NDArray x);

  /** The Frobenius norm of the difference, summed in float64. */
  double distance(NDArray a, NDArray b);

  Svd svd(NDManager scope, NDArray matrix);

  Svd svdOfFactors(NDManager scope, NDArray down, NDArray up);

  NDArray left(NDManager scope, NDArray vectors, NDArray values, int rank);

  NDArray right(NDManager scope, NDArray vectors, int rank);

  double quantile(NDArray a, NDArray b, double quantile);

  NDArray clamped(NDManager scope, NDArray x, double limit);

  NDArray keepLargest(NDManager scope, NDArray x, long count);

  /** The draws follow from the seed alone, one tensor after the other. */
  NDArray[] keepRandom(NDManager scope, List<NDArray> tasks, double density, long seed);

  NDArray weightedSum(NDManager scope, NDArray tasks, NDArray weights);

  NDArray electedMean(NDManager scope, NDArray tasks, NDArray weights, boolean frequency);

  NDArray applied(NDManager scope, NDArray weight, NDArray x);

  /** Overwrites a tensor with another's values, rounded to its type. */
  void copy(NDArray values, NDArray target);

  void addTo(NDArray view, NDArray update);

  void addProduct(NDArray view, NDArray up, NDArray down, double factor);

  boolean equal(NDArray a, NDArray b);

  /** Whether all elements of a float32 tensor are finite. */
  boolean isFinite(NDArray x);
}
