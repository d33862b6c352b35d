package dev.kasane.core.spi;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.function.Function;

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

  /**
   * Runs an operation on the dense weight. A weight that was made for the call is let go of after it; a graph that
   * still needs it keeps it.
   *
   * @param scope owner of a tensor that has to be made
   * @param operation takes the dense weight, which it may neither keep nor change
   * @return what the operation returned
   */
  default NDArray apply(NDManager scope, Function<NDArray, NDArray> operation) {
    return operation.apply(materialise(scope));
  }

  /**
   * x·Wᵀ + b. A storage that multiplies without the dense weight overrides it.
   *
   * @param x (…, in)
   * @param bias (out) or null
   */
  default NDArray linear(NDArray x, NDArray bias) {
    return apply(x.getManager(), dense -> OPS.linear(x, dense, bias));
  }

  /**
   * The dense weight as it was before it was quantised, for an adapter that makes up for what was lost.
   *
   * @param scope owner of a tensor that has to be made for this call
   * @return nothing where nothing was lost, or where the dense weight is gone: it is kept only for methods that
   *     {@linkplain PreparedMethod#needsOriginals ask for it}
   */
  default Optional<NDArray> original(NDManager scope) {
    return Optional.empty();
  }

  /** A short name of the storage for reports, such as {@code float32} or {@code nf4}. */
  String storage();
}
