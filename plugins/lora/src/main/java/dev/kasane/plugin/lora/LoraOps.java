package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.TorchScript;

/** What LoRA has beside products of narrow matrices, as operators over libtorch. */
interface LoraOps {
  LoraOps LORA = TorchScript.bind(LoraOps.class, "lora.ts.py");

  /** factor · the rows of (b·a)ᵀ with these numbers, (…, width). */
  NDArray lookUp(NDArray ids, NDArray a, NDArray b, double factor);

  /** factor · (b·a)ᵀ, (entries, width). */
  NDArray tableDelta(NDManager scope, NDArray a, NDArray b, double factor);

  /** Factors whose product, times {@code scale}, is the best approximation of a weight: down, up. */
  NDArray[] principal(NDManager scope, NDArray weight, int rank, double scale);

  /** The same by {@code rounds} of subspace iteration (Halko et al. 2011, algorithms 4.4 and 5.1). */
  NDArray[] principalFast(NDManager scope, NDArray weight, int rank, double scale, int rounds);

  /** The first rows of R and columns of Q of a weight's decomposition: down, up. */
  NDArray[] orthonormal(NDManager scope, NDArray weight, int rank);
}
