package dev.kasane.quant.device;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.quant.DecodedWeight;

/**
 * A contiguous tensor in pinned memory of the host.
 *
 * @param address where it begins
 * @param shape its shape
 * @param type its elements'
 */
record PinnedTensor(long address, Shape shape, DataType type) {
  long bytes() {
    return shape.size() * type.getNumOfBytes();
  }

  /** A tensor of any content, on a manager's device, that it can be copied to. */
  NDArray room(NDManager scope) {
    return DecodedWeight.empty(scope, shape, type);
  }
}
