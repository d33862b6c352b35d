package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.TorchScript;

/**
 * The arithmetic of the family, as differentiable operators over libtorch; the formulas stand in
 * {@code lycoris.ts.py}. Results are float32 and belong to the given manager.
 */
public interface LycorisOps {
  LycorisOps LYCORIS = TorchScript.bind(LycorisOps.class, "lycoris.ts.py");

  /** factor · up·down in a layer's shape. */
  NDArray lowRank(NDManager scope, NDArray up, NDArray down, Shape shape, double factor);

  /** factor · Σ up[o, p]·core[p, q, :, :]·down[q, i]. */
  NDArray lowRankTucker(NDManager scope, NDArray up, NDArray core, NDArray down, double factor);

  /** factor · (w1a·w1b) ⊙ (w2a·w2b) in a layer's shape. */
  NDArray hadamard(NDManager scope, NDArray w1a, NDArray w1b, NDArray w2a, NDArray w2b, Shape shape,
      double factor);

  /** factor · the elementwise product of two Tucker products. */
  NDArray hadamardTucker(NDManager scope, NDArray t1, NDArray w1a, NDArray w1b, NDArray t2, NDArray w2a,
      NDArray w2b, double factor);

  /** Σ core[p, q, :, :]·a[p, o]·b[q, i]. */
  NDArray tucker(NDManager scope, NDArray core, NDArray a, NDArray b);

  /** factor · a. */
  NDArray scaled(NDManager scope, NDArray a, double factor);

  /** a·b. */
  NDArray multiply(NDManager scope, NDArray a, NDArray b);

  /** factor · w1 ⊗ w2 in a layer's shape. */
  NDArray kronecker(NDManager scope, NDArray w1, NDArray w2, Shape shape, double factor);

  /** factor · (w1 ⊗ w2)·x for vectors, without the product; of the type of x. */
  NDArray kroneckerLinear(NDArray x, NDArray w1, NDArray w2, double factor);

  /** The norm of a weight over some axes, which stay with length 1. */
  NDArray norm(NDManager scope, NDArray weight, long[] axes);

  /** What decomposing W + update into direction and magnitude adds to W. */
  NDArray decompose(NDManager scope, NDArray weight, NDArray update, NDArray magnitude, long[] axes,
      double multiplier);

  /** multiplier · W ⊙ factors, which are seen in a shape that has length 1 on every axis but one. */
  NDArray rescaled(NDManager scope, NDArray weight, NDArray factors, long[] along, double multiplier);

  /** factor · (own + W·a1·a2). */
  NDArray passedThrough(NDManager scope, NDArray weight, NDArray own, NDArray a1, NDArray a2,
      double factor);

  /** multiplier · (Rᵀ − I)·W, block by block. */
  NDArray rotate(NDManager scope, NDArray weight, NDArray blocks, double limit, double multiplier);

  /** What the stages of a butterfly add to W. */
  NDArray butterfly(NDManager scope, NDArray weight, NDArray blocks, double limit, double multiplier);

  /** rescale ⊙ (W + delta) − W. */
  NDArray rescaleRows(NDManager scope, NDArray weight, NDArray delta, NDArray rescale);

  /** Zeroes whole rows with probability {@code p}. */
  NDArray dropRows(NDManager scope, NDArray delta, double p, boolean scaled);

  /** A number from [0, 1) of libtorch's CPU generator. */
  double chance();
}
