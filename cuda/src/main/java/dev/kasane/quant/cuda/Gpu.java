package dev.kasane.quant.cuda;

import java.util.List;

/**
 * The GPU that kernels run on.
 *
 * @param name as the driver calls it
 * @param computeCapability ten times the major version plus the minor: 90 for 9.0
 * @param memory bytes
 * @param driverVersion the newest CUDA that the driver runs
 * @param nvrtcVersion of the compiler
 * @param launcher runs kernels there
 */
public record Gpu(String name, int computeCapability, long memory, String driverVersion, String nvrtcVersion,
    CudaLauncher launcher) {
  private static final int LEAST_FUSED = 80;

  /**
   * A thing that a GPU needs.
   *
   * @param name such as {@code driver}
   * @param there whether it is there and can be used
   * @param text what was found, or what is missing and what to do about it
   */
  public record Step(String name, boolean there, String text) {}

  /** Either a GPU or the reason why there is none. */
  public sealed interface Finding permits Found, Missing {
    /** All that was looked for, in the order in which it is needed. */
    List<Step> steps();
  }

  /** There is one. */
  public record Found(Gpu gpu, List<Step> steps) implements Finding {}

  /** There is none to be used. */
  public record Missing(String reason, List<Step> steps) implements Finding {}

  /** What weights and optimisers on this GPU work with. */
  public DeviceKernels kernels() {
    return new DeviceKernels(new QuantKernels(launcher), hasFusedProducts());
  }

  /** Whether the fused products run there: they need tensor cores for bfloat16. */
  public boolean hasFusedProducts() {
    return computeCapability >= LEAST_FUSED;
  }
}
