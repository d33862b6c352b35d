package dev.kasane.diffusion.clip;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.TorchScript;

/** Operators that only CLIP's text encoder needs. */
final class ClipOps {
  private static final TorchScript SCRIPT = TorchScript.load(ClipOps.class, "clip.ts.py");

  private ClipOps() {}

  /** Token numbers with those of learned words, {@code size} and above, replaced by the vocabulary's last. */
  static NDArray inVocabulary(NDArray ids, long size) {
    return SCRIPT.call("in_vocabulary", ids, size);
  }

  /**
   * Puts learned words' vectors in their places.
   *
   * @param known (…, width), looked up with {@link #inVocabulary}
   * @param ids the token numbers, (…)
   * @param rows (words, width), the first for number {@code size}
   * @return as {@code known}, in its type
   */
  static NDArray withLearned(NDArray known, NDArray ids, NDArray rows, long size) {
    return SCRIPT.call("with_learned", known, ids, rows, size);
  }
}
