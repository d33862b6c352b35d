package dev.kasane.quant;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.quant.cuda.TensorMemory;
import java.util.function.Function;

/**
 * A quantised weight in a device's own memory, where kernels decode it for each use.
 *
 * <p>Codes and scales are tensors of libtorch's on that device, and so is what they are decoded into: its allocator
 * owns all of it. Kernels are queued on the stream that libtorch computes on, so that nothing has to wait.
 */
public abstract sealed class DeviceWeight implements FrozenWeight permits FourBitDeviceWeight, Int8DeviceWeight {
  private final Shape shape;
  private final DataType type;
  private final String storage;
  private final Device device;

  DeviceWeight(QuantisedWeight weight, NDManager owner) {
    this.shape = weight.shape();
    this.type = weight.type();
    this.storage = weight.storage();
    this.device = owner.getDevice();
  }

  /** Queues the kernel that writes the dense weight, in its own type, to an address on the device. */
  abstract void decode(long out);

  @Override
  public final Shape shape() {
    return shape;
  }

  /** The type that the dense weight has. */
  public final DataType type() {
    return type;
  }

  @Override
  public final NDArray materialise(NDManager scope) {
    if (!scope.getDevice().equals(device)) {
      try (NDManager here = scope.newSubManager(device)) {
        NDArray there = materialise(here).toDevice(scope.getDevice(), false);
        there.attach(scope);
        return there;
      }
    }
    NDArray dense = TensorMemory.empty(scope, shape, type);
    decode(TensorMemory.address(dense));
    return dense;
  }

  @Override
  public final NDArray apply(NDManager scope, Function<NDArray, NDArray> operation) {
    try (NDArray dense = materialise(scope)) {
      return operation.apply(dense);
    }
  }

  @Override
  public final String storage() {
    return storage;
  }
}
