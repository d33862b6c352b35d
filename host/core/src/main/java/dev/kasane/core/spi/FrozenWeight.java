package dev.kasane.core.spi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * A weight of the base model, however it is stored: dense, NF4, FP4 or int8.
 *
 * <p>Adapters and layers see only this interface, so that any method works on any storage.
 */
public interface FrozenWeight {
  /** The weight's shape in PyTorch layout: (out, in) or (out, in, k, k) for a layer. */
  Shape shape();

  /** Bytes that the stored form holds. */
  long bytes();

  /**
   * Returns the dense weight.
   *
   * @param scope owner of a tensor that has to be made for this call; a dense weight returns itself
   */
  NDArray materialise(NDManager scope);

  /** A short name of the storage for reports, such as {@code float32} or {@code nf4}. */
  String storage();
}
