package dev.kasane.quant.cuda;

/** A device as benchmarks and tests of kernels see it: where kernels run, its memory, and its clock. */
public interface Accelerator extends KernelLauncher, DeviceMemory {
  /** Copies inside the device's memory, after all launches. */
  void copy(long from, long to, long bytes);

  /**
   * Times work by the device's own clock.
   *
   * @return seconds
   */
  double seconds(Runnable work);
}
