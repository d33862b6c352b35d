package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.TorchScript;

/**
 * The arithmetic of the family, as differentiable operators over libtorch; the formulas stand in
 * {@code lycoris.ts.py}. Results are float32 and belong to the given manager.
 */
public final class LycorisOps {
  private static final TorchScript SCRIPT = TorchScript.load(LycorisOps.class, "lycoris.ts.py");

  private LycorisOps() {}

  private static NDArray call(NDManager scope, String method, Object... arguments) {
    return SCRIPT.callAll(method, scope, arguments)[0];
  }

  /** factor · up·down in a layer's shape. */
  static NDArray lowRank(NDManager scope, NDArray up, NDArray down, Shape shape, double factor) {
    return call(scope, "low_rank", up, down, shape.getShape(), factor);
  }

  /** factor · Σ up[o, p]·core[p, q, :, :]·down[q, i]. */
  static NDArray lowRankTucker(NDManager scope, NDArray up, NDArray core, NDArray down, double factor) {
    return call(scope, "low_rank_tucker", up, core, down, factor);
  }

  /** factor · (w1a·w1b) ⊙ (w2a·w2b) in a layer's shape. */
  static NDArray hadamard(NDManager scope, NDArray w1a, NDArray w1b, NDArray w2a, NDArray w2b, Shape shape,
      double factor) {
    return call(scope, "hadamard", w1a, w1b, w2a, w2b, shape.getShape(), factor);
  }

  /** factor · the elementwise product of two Tucker products. */
  static NDArray hadamardTucker(NDManager scope, NDArray t1, NDArray w1a, NDArray w1b, NDArray t2, NDArray w2a,
      NDArray w2b, double factor) {
    return call(scope, "hadamard_tucker", t1, w1a, w1b, t2, w2a, w2b, factor);
  }

  /** Σ core[p, q, :, :]·a[p, o]·b[q, i]. */
  public static NDArray tucker(NDManager scope, NDArray core, NDArray a, NDArray b) {
    return call(scope, "tucker", core, a, b);
  }

  /** factor · a. */
  public static NDArray scaled(NDManager scope, NDArray a, double factor) {
    return call(scope, "scaled", a, factor);
  }

  /** a·b. */
  public static NDArray multiply(NDManager scope, NDArray a, NDArray b) {
    return call(scope, "multiply", a, b);
  }

  /** factor · w1 ⊗ w2 in a layer's shape. */
  public static NDArray kronecker(NDManager scope, NDArray w1, NDArray w2, Shape shape, double factor) {
    return call(scope, "kronecker", w1, w2, shape.getShape(), factor);
  }

  /** factor · (w1 ⊗ w2)·x for vectors, without the product; of the type of x. */
  public static NDArray kroneckerLinear(NDArray x, NDArray w1, NDArray w2, double factor) {
    return SCRIPT.call("kronecker_linear", x, w1, w2, factor);
  }

  /** The norm of a weight over some axes, which stay with length 1. */
  static NDArray norm(NDManager scope, NDArray weight, long[] axes) {
    return call(scope, "norm", weight, axes);
  }

  /** What decomposing W + update into direction and magnitude adds to W. */
  static NDArray decompose(NDManager scope, NDArray weight, NDArray update, NDArray magnitude, long[] axes,
      double multiplier) {
    return call(scope, "decompose", weight, update, magnitude, axes, multiplier);
  }

  /** multiplier · W ⊙ factors, which are seen in a shape that has length 1 on every axis but one. */
  static NDArray rescaled(NDManager scope, NDArray weight, NDArray factors, long[] along, double multiplier) {
    return call(scope, "rescaled", weight, factors, along, multiplier);
  }

  /** factor · (own + W·a1·a2). */
  static NDArray passedThrough(NDManager scope, NDArray weight, NDArray own, NDArray a1, NDArray a2,
      double factor) {
    return call(scope, "passed_through", weight, own, a1, a2, factor);
  }

  /** multiplier · (Rᵀ − I)·W, block by block. */
  public static NDArray rotate(NDManager scope, NDArray weight, NDArray blocks, double limit, double multiplier) {
    return call(scope, "rotate", weight, blocks, limit, multiplier);
  }

  /** What the stages of a butterfly add to W. */
  public static NDArray butterfly(NDManager scope, NDArray weight, NDArray blocks, double limit, double multiplier) {
    return call(scope, "butterfly", weight, blocks, limit, multiplier);
  }

  /** rescale ⊙ (W + delta) − W. */
  public static NDArray rescaleRows(NDManager scope, NDArray weight, NDArray delta, NDArray rescale) {
    return call(scope, "rescale_rows", weight, delta, rescale);
  }

  /** Zeroes whole rows with probability {@code p}. */
  static NDArray dropRows(NDManager scope, NDArray delta, double p, boolean scaled) {
    return call(scope, "drop_rows", delta, p, scaled);
  }

  /** A number from [0, 1) of libtorch's CPU generator. */
  static double chance(NDManager scope) {
    try (NDArray number = call(scope, "chance")) {
      return number.toFloatArray()[0];
    }
  }
}
