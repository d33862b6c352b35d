package dev.kasane.quant.cuda;

/**
 * Copies between pinned memory of the host and a device's, in order and beside what libtorch computes there. Nothing
 * but the two ways of waiting and {@link #finish} orders them with kernels.
 */
public interface CopyQueue extends AutoCloseable {
  /**
   * Memory of the host that never moves.
   *
   * @return its address, also on the host
   * @throws dev.kasane.core.UserException when there is no more of it
   */
  long pin(long bytes);

  /** Gives pinned memory back. */
  void unpin(long address);

  /** Queues a copy to the device. */
  void copyIn(long host, long device, long bytes);

  /** Queues a copy from the device. */
  void copyOut(long device, long host, long bytes);

  /** Kernels launched from now on wait for the copies queued so far. */
  void computeAwaitsCopies();

  /** Copies queued from now on wait for the kernels launched so far. */
  void copiesAwaitCompute();

  /** Waits until all copies are done. */
  void finish();

  @Override
  void close();
}
