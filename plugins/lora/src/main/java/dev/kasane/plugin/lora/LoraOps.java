package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.TorchScript;

/** The arithmetic of low-rank adaptation, as differentiable operators over libtorch. */
final class LoraOps {
  private static final TorchScript SCRIPT = TorchScript.load(LoraOps.class, "lora.ts.py");

  private LoraOps() {}

  /** Zeroes whole ranks with probability {@code p}, per sample; the rank lies on {@code axis}. */
  static NDArray dropRanks(NDArray hidden, double p, int axis) {
    return SCRIPT.call("drop_ranks", hidden, p, axis);
  }

  /** A number from [0, 1) of libtorch's CPU generator. */
  static double chance(NDManager scope) {
    try (NDArray number = SCRIPT.callAll("chance", scope)[0]) {
      return number.toFloatArray()[0];
    }
  }

  /** factor · up·down as (out, in) or (out, in, k, k). */
  static NDArray delta(NDManager scope, NDArray down, NDArray up, double factor) {
    return SCRIPT.callAll("delta", scope, down, up, factor)[0];
  }

  /** factor · the rows of (b·a)ᵀ with these numbers, (…, width). */
  static NDArray lookUp(NDArray ids, NDArray a, NDArray b, double factor) {
    return SCRIPT.call("look_up", ids, a, b, factor);
  }

  /** factor · (b·a)ᵀ, (entries, width). */
  static NDArray tableDelta(NDManager scope, NDArray a, NDArray b, double factor) {
    return SCRIPT.callAll("table_delta", scope, a, b, factor)[0];
  }

  /** The Frobenius norm of up·down, from Gram matrices in double precision. */
  static double productNorm(NDManager scope, NDArray down, NDArray up) {
    double square = SCRIPT.callAll("product_norm_square", scope, down, up)[0].toDoubleArray()[0];
    // Rounding may take a sum of squares that is all but zero below it.
    return square < 0 ? 0 : Math.sqrt(square);
  }

  /** factor · the Tucker product as (out, in, k, k). */
  static NDArray deltaTucker(NDManager scope, NDArray down, NDArray mid, NDArray up, double factor) {
    return SCRIPT.callAll("delta_tucker", scope, down, mid, up, factor)[0];
  }

  /** The norms of weight + factor · up·down over some axes, which stay with length 1; float32, no gradient. */
  static NDArray norms(
      NDManager scope, NDArray weight, NDArray down, NDArray up, double factor, long... axes) {
    return SCRIPT.callAll("norms", scope, weight, down, up, factor, axes)[0];
  }

  /** factor · ((ratio − 1) · base + ratio · update), with one ratio an output; the outputs lie on {@code axis}. */
  static NDArray rescale(NDArray base, NDArray update, NDArray ratio, double factor, int axis) {
    return SCRIPT.call("rescale", base, update, ratio, factor, axis);
  }

  /** (weight + factor · up·down) · ratio − weight, float32. */
  static NDArray rescaledDelta(
      NDManager scope, NDArray weight, NDArray down, NDArray up, NDArray ratio, double factor) {
    return SCRIPT.callAll("rescaled_delta", scope, weight, down, up, ratio, factor)[0];
  }

  /** Factors whose product, times {@code scale}, is the best approximation of a weight: down, up. */
  static NDArray[] principal(NDManager scope, NDArray weight, int rank, double scale) {
    return SCRIPT.callAll("principal", scope, weight, rank, scale);
  }

  /** The same by {@code rounds} of subspace iteration (Halko et al. 2011, algorithms 4.4 and 5.1). */
  static NDArray[] principalFast(NDManager scope, NDArray weight, int rank, double scale, int rounds) {
    return SCRIPT.callAll("principal_fast", scope, weight, rank, scale, rounds);
  }

  /** The first rows of R and columns of Q of a weight's decomposition: down, up. */
  static NDArray[] orthonormal(NDManager scope, NDArray weight, int rank) {
    return SCRIPT.callAll("orthonormal", scope, weight, rank);
  }
}
