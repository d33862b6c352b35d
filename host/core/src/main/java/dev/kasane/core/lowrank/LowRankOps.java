package dev.kasane.core.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.TorchScript;

/**
 * The arithmetic of products of narrow matrices, as differentiable operators over libtorch; the formulas stand in
 * {@code lowrank.ts.py}. Results are float32 unless it says otherwise.
 */
public interface LowRankOps {
  LowRankOps LOW_RANK = TorchScript.bind(LowRankOps.class, "lowrank.ts.py");

  /** factor · up·down in a layer's shape. */
  NDArray delta(NDManager scope, NDArray down, NDArray up, Shape shape, double factor);

  /** Σ core[p, q, :, :]·a[p, o]·b[q, i], (out, in, k, k). */
  NDArray tucker(NDManager scope, NDArray core, NDArray a, NDArray b);

  /** factor · Σ up[o, p]·mid[p, q, :, :]·down[q, i], (out, in, k, k). */
  NDArray deltaTucker(NDManager scope, NDArray down, NDArray mid, NDArray up, double factor);

  /** A Tucker core multiplied into its first factor: (rank, in·k·k). */
  NDArray foldCore(NDManager scope, NDArray mid, NDArray down);

  /** The Frobenius norm of up·down, from Gram matrices in double precision. */
  double productNorm(NDArray down, NDArray up);

  /** A matrix the other way around, in memory of its own and without a graph. */
  NDArray turned(NDManager scope, NDArray matrix);

  /** The norms of W + factor · up·down over some axes, which stay with length 1; no gradient. */
  NDArray norms(NDManager scope, NDArray weight, NDArray down, NDArray up, double factor, long[] axes);

  /**
   * factor · ((ratio − 1) · base + ratio · update), with one ratio an output, of the base's type; the outputs lie on
   * {@code axis}.
   */
  NDArray rescale(NDArray base, NDArray update, NDArray ratio, double factor, int axis);

  /** (W + factor · up·down) · ratio − W. */
  NDArray rescaledDelta(NDManager scope, NDArray weight, NDArray down, NDArray up, NDArray ratio, double factor);

  /** The norm of a weight over some axes, which stay with length 1, and a step of float32 more, as LyCORIS has it. */
  NDArray steppedNorm(NDManager scope, NDArray weight, long[] axes);

  /** What decomposing W + update into direction and magnitude adds to W, as LyCORIS has it. */
  NDArray decompose(NDManager scope, NDArray weight, NDArray update, NDArray magnitude, long[] axes, double multiplier);

  /** Zeroes whole ranks with probability {@code p}, per sample; the rank lies on {@code axis}. */
  NDArray dropRanks(NDArray hidden, double p, int axis);

  /** Zeroes whole rows with probability {@code p}. */
  NDArray dropRows(NDManager scope, NDArray delta, double p, boolean scaled);

  /** A number from [0, 1) of libtorch's CPU generator. */
  double chance();
}
