package dev.kasane.quant.device;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.quant.DecodedWeight;
import java.util.Locale;

/** A dense weight in pinned memory of the host, which visits the device for each use. */
final class OffloadedWeight extends DecodedWeight {
  private final PinnedTensor pinned;
  private final CopyAhead copies;

  /**
   * @param pinned where it waits
   * @param copies bring it to their owner's device
   */
  OffloadedWeight(PinnedTensor pinned, CopyAhead copies) {
    super(pinned.shape(), pinned.type(), copies.owner().getDevice());
    this.pinned = pinned;
    this.copies = copies;
  }

  @Override
  protected void decode(NDArray dense) {
    copies.now(pinned, dense);
  }

  @Override
  protected NDArray make(NDManager scope) {
    return copies.take(pinned, scope);
  }

  @Override
  public long bytes() {
    return pinned.bytes();
  }

  @Override
  public String storage() {
    return type().name().toLowerCase(Locale.ROOT) + " on the host";
  }
}
