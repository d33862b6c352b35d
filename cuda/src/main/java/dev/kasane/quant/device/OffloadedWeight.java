package dev.kasane.quant.device;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.quant.DecodedWeight;
import java.util.Locale;

/** A dense weight in pinned memory of the host, which visits the device for each use. */
final class OffloadedWeight extends DecodedWeight {
  private final long address;
  private final CopyAhead copies;

  /**
   * @param address where it lies, contiguous, in pinned memory
   * @param copies bring it to their owner's device
   */
  OffloadedWeight(Shape shape, DataType type, long address, CopyAhead copies) {
    super(shape, type, copies.owner().getDevice());
    this.address = address;
    this.copies = copies;
  }

  @Override
  protected void decode(NDArray dense) {
    copies.now(this, dense);
  }

  @Override
  protected NDArray make(NDManager scope) {
    return copies.take(this, scope);
  }

  /** A tensor on the device that it can be copied to. */
  NDArray room(NDManager scope) {
    return empty(scope, shape(), type());
  }

  /** Where it lies on the host. */
  long address() {
    return address;
  }

  @Override
  public long bytes() {
    return shape().size() * type().getNumOfBytes();
  }

  @Override
  public String storage() {
    return type().name().toLowerCase(Locale.ROOT) + " on the host";
  }
}
