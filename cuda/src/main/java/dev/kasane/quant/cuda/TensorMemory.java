package dev.kasane.quant.cuda;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Tensors of libtorch's as kernels take them: by address, in the memory of the tensor's own device. */
public final class TensorMemory {
  private TensorMemory() {}

  /**
   * Where a tensor lies.
   *
   * @param tensor contiguous and not empty; to be kept open until every launch that uses the address is queued.
   *     Closing it then is safe: libtorch gives its memory only to what is queued after those launches.
   */
  public static long address(NDArray tensor) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(TorchBridge.memory(tensor)));
  }

  /**
   * A tensor on a manager's device, in libtorch's own memory there.
   *
   * @param bytes its content, from position 0 to the capacity, in the machine's byte order; copied
   */
  public static NDArray put(NDManager owner, ByteBuffer bytes, Shape shape, DataType type) {
    try (NDManager cpu = owner.newSubManager(Device.cpu())) {
      NDArray host = cpu.create(shape, type);
      TorchBridge.memory(host).put(bytes.duplicate().clear());
      NDArray there = host.toDevice(owner.getDevice(), false);
      there.attach(owner);
      return there;
    }
  }

  /** A vector of float32 on a manager's device. */
  public static NDArray put(NDManager owner, float[] values) {
    return put(owner, NativeBytes.of(values), new Shape(values.length), DataType.FLOAT32);
  }

  /** A vector of 64-bit numbers on a manager's device. */
  public static NDArray put(NDManager owner, long[] values) {
    return put(owner, NativeBytes.of(values), new Shape(values.length), DataType.INT64);
  }
}
