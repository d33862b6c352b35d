package dev.kasane.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.quant.cuda.TensorMemory;

/**
 * A quantised weight in a device's own memory, where kernels decode it for each use.
 *
 * <p>Codes and scales are tensors of libtorch's on that device, and so is what they are decoded into: its allocator
 * owns all of it. Kernels are queued on the stream that libtorch computes on, so that nothing has to wait.
 */
public abstract sealed class DeviceWeight extends DecodedWeight permits FourBitDeviceWeight, Int8DeviceWeight {
  private final String storage;

  DeviceWeight(QuantisedWeight weight, NDManager owner) {
    super(weight.shape(), weight.type(), owner.getDevice());
    this.storage = weight.storage();
  }

  /** Queues the kernel that writes the dense weight, in its own type, to an address on the device. */
  abstract void decode(long out);

  @Override
  final void decode(NDArray dense) {
    decode(TensorMemory.address(dense));
  }

  @Override
  public final String storage() {
    return storage;
  }
}
