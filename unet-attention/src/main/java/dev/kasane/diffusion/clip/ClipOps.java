package dev.kasane.diffusion.clip;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.TorchScript;

/** Operators that only CLIP's text encoder needs. */
interface ClipOps {
  ClipOps CLIP = TorchScript.bind(ClipOps.class, "clip.ts.py");

  /** Token numbers with those of learned words, {@code size} and above, replaced by the vocabulary's last. */
  NDArray inVocabulary(NDArray ids, long size);

  /**
   * Puts learned words' vectors in their places.
   *
   * @param known (…, width), looked up with {@link #inVocabulary}
   * @param ids the token numbers, (…)
   * @param rows (words, width), the first for number {@code size}
   * @return as {@code known}, in its type
   */
  NDArray withLearned(NDArray known, NDArray ids, NDArray rows, long size);
}
