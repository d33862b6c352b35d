package dev.kasane.quant.device;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.quant.cuda.CopyQueue;
import dev.kasane.quant.cuda.TensorMemory;
import java.util.Optional;

/**
 * Brings weights from the host to a device, the next one while libtorch computes with the one before. Which is next
 * follows from the order in which they were asked for until now: a run goes the same way again and again.
 *
 * <p>A copy is written to memory that libtorch's allocator gives for its own stream. So it waits for what was queued
 * there before, whose memory that may have been, and what is queued after waits for the copy.
 */
final class CopyAhead {
  private final CopyQueue queue;
  private final NDManager owner;
  private final NextInLine<PinnedTensor> order = new NextInLine<>();
  private PinnedTensor ahead;
  private NDArray copied;

  /**
   * @param queue copies
   * @param owner owner of the weight that is ahead, on the device
   */
  CopyAhead(CopyQueue queue, NDManager owner) {
    this.queue = queue;
    this.owner = owner;
  }

  NDManager owner() {
    return owner;
  }

  /** Overwrites a tensor with a weight. */
  void now(PinnedTensor weight, NDArray dense) {
    copy(weight, dense);
    queue.computeAwaitsCopies();
  }

  /** A weight on the device, and the next one on its way. */
  NDArray take(PinnedTensor weight, NDManager scope) {
    NDArray dense = weight == ahead ? arrived(scope) : missed(weight, scope);
    Optional<PinnedTensor> next = order.after(weight);
    next.ifPresent(this::send);
    return dense;
  }

  private NDArray arrived(NDManager scope) {
    queue.computeAwaitsCopies();
    NDArray dense = copied;
    dense.attach(scope);
    ahead = null;
    copied = null;
    return dense;
  }

  private NDArray missed(PinnedTensor weight, NDManager scope) {
    NDArray dense = weight.room(scope);
    now(weight, dense);
    if (ahead != null) {
      // Whatever gets this memory next is queued after the copy into it.
      copied.close();
      ahead = null;
      copied = null;
    }
    return dense;
  }

  private void send(PinnedTensor weight) {
    ahead = weight;
    copied = weight.room(owner);
    copy(weight, copied);
  }

  private void copy(PinnedTensor weight, NDArray dense) {
    queue.copiesAwaitCompute();
    queue.copyIn(weight.address(), TensorMemory.address(dense), weight.bytes());
  }
}
