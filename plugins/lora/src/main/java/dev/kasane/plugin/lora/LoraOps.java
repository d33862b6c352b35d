package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.TorchScript;

/** The arithmetic of low-rank adaptation, as differentiable operators over libtorch. */
interface LoraOps {
  LoraOps LORA = TorchScript.bind(LoraOps.class, "lora.ts.py");

  /** Zeroes whole ranks with probability {@code p}, per sample; the rank lies on {@code axis}. */
  NDArray dropRanks(NDArray hidden, double p, int axis);

  /** A number from [0, 1) of libtorch's CPU generator. */
  double chance();

  /** factor · up·down as (out, in) or (out, in, k, k). */
  NDArray delta(NDManager scope, NDArray down, NDArray up, double factor);

  /** factor · the rows of (b·a)ᵀ with these numbers, (…, width). */
  NDArray lookUp(NDArray ids, NDArray a, NDArray b, double factor);

  /** factor · (b·a)ᵀ, (entries, width). */
  NDArray tableDelta(NDManager scope, NDArray a, NDArray b, double factor);

  /** The Frobenius norm of up·down, from Gram matrices in double precision. */
  double productNorm(NDArray down, NDArray up);

  /** factor · the Tucker product as (out, in, k, k). */
  NDArray deltaTucker(NDManager scope, NDArray down, NDArray mid, NDArray up, double factor);

  /** The norms of weight + factor · up·down over some axes, which stay with length 1; float32, no gradient. */
  NDArray norms(
      NDManager scope, NDArray weight, NDArray down, NDArray up, double factor, long... axes);

  /** factor · ((ratio − 1) · base + ratio · update), with one ratio an output; the outputs lie on {@code axis}. */
  NDArray rescale(NDArray base, NDArray update, NDArray ratio, double factor, int axis);

  /** (weight + factor · up·down) · ratio − weight, float32. */
  NDArray rescaledDelta(
      NDManager scope, NDArray weight, NDArray down, NDArray up, NDArray ratio, double factor);

  /** Factors whose product, times {@code scale}, is the best approximation of a weight: down, up. */
  NDArray[] principal(NDManager scope, NDArray weight, int rank, double scale);

  /** The same by {@code rounds} of subspace iteration (Halko et al. 2011, algorithms 4.4 and 5.1). */
  NDArray[] principalFast(NDManager scope, NDArray weight, int rank, double scale, int rounds);

  /** The first rows of R and columns of Q of a weight's decomposition: down, up. */
  NDArray[] orthonormal(NDManager scope, NDArray weight, int rank);
}
