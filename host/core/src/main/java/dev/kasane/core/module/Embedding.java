package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.tensor.Ops;

/** A table of rows that are looked up by number. */
public final class Embedding extends Module {
  private final Weight weight;

  /**
   * @param entries how many rows
   * @param width how long a row is
   */
  public Embedding(long entries, long width) {
    this.weight = weight("weight", entries, width);
  }

  Weight weightPlace() {
    return weight;
  }

  /** Looks up 64-bit ids of any shape; the result has one more axis. */
  public NDArray forward(NDArray ids) {
    return Ops.embedding(weight.dense(ids.getManager()), ids);
  }
}
