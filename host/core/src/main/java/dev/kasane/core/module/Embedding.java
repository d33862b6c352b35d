package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/** A table of rows that are looked up by number. */
public final class Embedding extends AdaptableLayer {
  /**
   * @param entries how many rows
   * @param width how long a row is
   */
  public Embedding(long entries, long width) {
    super(Kind.EMBEDDING, false, entries, width);
  }

  /** Looks up 64-bit ids of any shape; the result has one more axis. */
  @Override
  protected NDArray applyBase(NDArray ids) {
    return OPS.embedding(ids, weight().materialise(ids.getManager()));
  }

  @Override
  public NDArray apply(NDArray ids, NDArray other) {
    return OPS.embedding(ids, other);
  }
}
