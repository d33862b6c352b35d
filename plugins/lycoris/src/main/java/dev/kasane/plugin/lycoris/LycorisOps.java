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

  /** factor · (w1a·w1b) ⊙ (w2a·w2b) in a layer's shape. */
  NDArray hadamard(NDManager scope, NDArray w1a, NDArray w1b, NDArray w2a, NDArray w2b, Shape shape,
      double factor);

  /** factor · a ⊙ b. */
  NDArray elementwise(NDManager scope, NDArray a, NDArray b, double factor);

  /** factor · a. */
  NDArray scaled(NDManager scope, NDArray a, double factor);

  /** a·b. */
  NDArray multiply(NDManager scope, NDArray a, NDArray b);

  /** factor · w1 ⊗ w2 in a layer's shape. */
  NDArray kronecker(NDManager scope, NDArray w1, NDArray w2, Shape shape, double factor);

  /** factor · (w1 ⊗ w2)·x for vectors, without the product; of the type of x. */
  NDArray kroneckerLinear(NDArray x, NDArray w1, NDArray w2, double factor);

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
}
