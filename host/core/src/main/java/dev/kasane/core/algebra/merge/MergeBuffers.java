package dev.kasane.core.algebra.merge;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Memory for tensors that are being changed, one at a time on each thread: large fresh memory costs more than
 * the arithmetic in it, so it is used again and again.
 */
final class MergeBuffers implements AutoCloseable {
  private final long bytes;
  private final long elements;
  private final NDManager owner = Engines.newManager();
  private final ConcurrentLinkedQueue<Buffer> idle = new ConcurrentLinkedQueue<>();

  /**
   * @param bytes of the largest tensor as it is stored
   * @param elements of the largest tensor that is not stored as float32
   */
  MergeBuffers(long bytes, long elements) {
    this.bytes = bytes;
    this.elements = elements;
  }

  /** What each thread takes, in bytes. */
  long bytesEach() {
    return bytes + elements * Float.BYTES;
  }

  /** Memory that no other thread has; closed, it is there for the next. */
  Buffer take() {
    Buffer buffer = idle.poll();
    return buffer != null ? buffer : new Buffer(
        owner.create(new Shape(Math.max(1, bytes)), DataType.UINT8),
        owner.create(new Shape(Math.max(1, elements)), DataType.FLOAT32));
  }

  /** Ends all of it. */
  @Override
  public void close() {
    owner.close();
  }

  /** Room for one tensor. */
  final class Buffer implements AutoCloseable {
    private final NDArray stored;
    private final NDArray floats;

    private Buffer(NDArray stored, NDArray floats) {
      this.stored = stored;
      this.floats = floats;
    }

    /** Room for the tensor as it is stored. */
    NDArray stored() {
      return stored;
    }

    /** The tensor's values as float32: itself, or a copy in this memory. */
    NDArray floats(NDArray tensor, NDManager scope) {
      if (Ops.typeOf(tensor) == DataType.FLOAT32) {
        return tensor;
      }
      NDArray values = OPS.over(scope, floats, 0, DataType.FLOAT32, tensor.getShape());
      ALGEBRA.copy(tensor, values);
      return values;
    }

    @Override
    public void close() {
      idle.add(this);
    }
  }
}
