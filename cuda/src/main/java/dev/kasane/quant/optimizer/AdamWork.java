package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** Carries out the steps of AdamW where parameters and states lie. */
public interface AdamWork {
  /** The norm of all gradients together. */
  double norm(List<NDArray> gradients);

  /** Moves parameters and their moments; when it returns, both may be read. */
  void move(List<AdamMove> moves, AdamStep step);

  /** Makes gradients zero. */
  void zero(List<NDArray> gradients);
}
