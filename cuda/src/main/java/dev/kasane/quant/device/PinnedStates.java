package dev.kasane.quant.device;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.Pointer;
import dev.kasane.core.training.StateMemory;
import dev.kasane.quant.cuda.CopyQueue;
import dev.kasane.quant.optimizer.StateSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Optimiser states in memory of the host that never moves, so that a device copies them while it computes. To
 * everything but the device they are tensors on the CPU.
 */
final class PinnedStates implements StateMemory, AutoCloseable {
  private final CopyQueue queue;
  private final NDManager scope;
  private final List<Long> pinned = new ArrayList<>();

  /**
   * @param queue pins memory; closed with the states
   * @param parent parent of the manager that owns the tensors
   */
  PinnedStates(CopyQueue queue, NDManager parent) {
    this.queue = queue;
    this.scope = parent.newSubManager(Device.cpu());
  }

  @Override
  public NDArray zeros(String name, Shape shape, DataType type) {
    int bytes = StateSize.bytes(name, shape, type);
    long address = queue.pin(Math.max(1, bytes));
    pinned.add(address);
    Pointer memory = new Pointer(address);
    memory.clear(Math.max(1, bytes));
    ByteBuffer buffer = memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    return scope.create(buffer, shape, type);
  }

  /** Closes the tensors, gives their memory back and closes the queue. */
  @Override
  public void close() {
    queue.finish();
    scope.close();
    pinned.forEach(queue::unpin);
    queue.close();
  }
}
