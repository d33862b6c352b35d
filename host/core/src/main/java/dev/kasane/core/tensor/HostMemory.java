package dev.kasane.core.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.safetensors.TensorBytes;
import java.nio.ByteBuffer;

/** The one door to a tensor's bytes, which the processor reaches on its own memory only. */
public final class HostMemory {
  private HostMemory() {}

  /** Whether a tensor lies where the processor reads it in place. */
  public static boolean holds(NDArray tensor) {
    return tensor.getDevice().equals(Device.cpu());
  }

  /**
   * The memory of a tensor itself, in the machine's byte order.
   *
   * @param tensor contiguous; the buffer is valid while it is open and no longer
   * @throws IllegalStateException when it lies on another device
   */
  public static ByteBuffer of(NDArray tensor) {
    if (!holds(tensor)) {
      throw new IllegalStateException("A tensor on " + tensor.getDevice() + " is read in place, as if it were the host's");
    }
    return TorchBridge.memory(tensor);
  }

  /**
   * The bytes of a tensor on any device, for a file; copied to the host when they are asked for.
   *
   * @param tensor contiguous; to be kept open until then
   */
  public static TensorBytes bytes(NDArray tensor) {
    return channel -> {
      try (NDManager host = Engines.newManager(); GradMode off = GradMode.off()) {
        channel.write(of(Ops.placed(host, tensor)));
      }
    };
  }
}
