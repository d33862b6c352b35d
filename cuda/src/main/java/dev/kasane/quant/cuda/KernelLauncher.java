package dev.kasane.quant.cuda;

/** Runs kernels somewhere: on a GPU, or in the tests on the CPU. */
public interface KernelLauncher {
  /** Threads of every block. */
  int THREADS = 256;

  /**
   * Runs a kernel over a grid of blocks of {@value #THREADS} threads, after what was launched before.
   *
   * @param file where the kernel is
   * @param kernel its name
   * @param blocksX blocks in the first direction, 1 or more
   * @param blocksY blocks in the second
   * @param arguments the kernel's own
   * @throws dev.kasane.core.UserException when the device refuses
   */
  void launch(KernelFile file, String kernel, long blocksX, long blocksY, KernelArguments arguments);
}
