package dev.kasane.core.pickle;

import dev.kasane.core.pickle.values.PickledTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Copies the elements of a tensor into row-major order without gaps. */
final class TensorGather {
  private TensorGather() {}

  /**
   * A direct, read-only, little-endian copy.
   *
   * @param extent the storage's bytes from the tensor's first element on
   * @param swapped whether the storage is big-endian
   */
  static ByteBuffer gather(PickledTensor tensor, ByteBuffer extent, boolean swapped) {
    int size = tensor.dtype().byteSize();
    ByteBuffer target = ByteBuffer.allocateDirect((int) tensor.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer source = extent.duplicate().order(swapped ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    long[] shape = tensor.shape();
    long[] strides = tensor.strides();
    long[] index = new long[shape.length];
    long element = 0;
    while (target.hasRemaining()) {
      copyElement(source, (int) (element * size), target, size);
      // Counts the index up like an odometer, last dimension first, and moves the element along.
      for (int i = shape.length - 1; i >= 0; i--) {
        element += strides[i];
        if (++index[i] < shape[i]) {
          break;
        }
        element -= index[i] * strides[i];
        index[i] = 0;
      }
    }
    return target.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void copyElement(ByteBuffer source, int position, ByteBuffer target, int size) {
    switch (size) {
      case 1 -> target.put(source.get(position));
      case 2 -> target.putShort(source.getShort(position));
      case 4 -> target.putInt(source.getInt(position));
      default -> target.putLong(source.getLong(position));
    }
  }
}
