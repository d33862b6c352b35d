package dev.kasane.quant.cuda;

import dev.kasane.core.UserException;
import dev.kasane.core.natives.LoadFailure;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

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
  private static final int LEAST_COMPUTE_CAPABILITY = 70;
  private static final int LEAST_FUSED = 80;

  /** Either a GPU or the reason why there is none. */
  public sealed interface Finding permits Found, Missing {}

  /** There is one. */
  public record Found(Gpu gpu) implements Finding {}

  /** There is none to be used. */
  public record Missing(String reason) implements Finding {}

  /** What weights and optimisers on this GPU work with. */
  public DeviceKernels kernels() {
    return new DeviceKernels(new QuantKernels(launcher), hasFusedProducts());
  }

  /** Whether the fused products run there: they need tensor cores for bfloat16. */
  public boolean hasFusedProducts() {
    return computeCapability >= LEAST_FUSED;
  }

  /**
   * Looks for a driver, a GPU and a compiler.
   *
   * @param cache folder for compiled kernels
   */
  public static Finding find(Path cache) {
    return find(cache, 0);
  }

  /**
   * The same for one GPU of several.
   *
   * @param number which, counted from 0 in the driver's order
   */
  public static Finding find(Path cache, int number) {
    CudaDriver driver;
    try {
      driver = CudaDriver.open();
    } catch (LinkageError e) {
      return new Missing("there is no NVIDIA driver here (libcuda.so.1 or nvcuda.dll cannot be loaded)");
    }
    try {
      int started = driver.start();
      if (started != 0) {
        return new Missing("the NVIDIA driver does not start: " + driver.meaning(started));
      }
      return open(driver, cache, number);
    } catch (UnsatisfiedLinkError e) {
      return new Missing("the NVIDIA driver is too old: " + e.getMessage());
    } catch (UserException e) {
      return new Missing(e.getMessage());
    }
  }

  private static Finding open(CudaDriver driver, Path cache, int number) {
    int count = driver.deviceCount();
    if (number >= count) {
      return new Missing(count == 0 ? "the NVIDIA driver finds no GPU"
          : "there is no GPU " + number + "; the NVIDIA driver finds " + count + ", counted from 0");
    }
    int device = driver.device(number);
    String name = driver.name(device);
    int capability = driver.computeCapability(device);
    if (capability < LEAST_COMPUTE_CAPABILITY) {
      return new Missing(String.format(Locale.ROOT, "%s has compute capability %d.%d, and 7.0 or newer is needed",
          name, capability / 10, capability % 10));
    }
    var files = NvrtcFiles.find();
    if (files.isEmpty()) {
      return new Missing("there is a " + name + ", but no NVRTC to compile kernels for it. It comes with libtorch for"
          + " CUDA; or name a folder that has libnvrtc in " + NvrtcFiles.FOLDER_VARIABLE + ". Looked in "
          + NvrtcFiles.places().stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
    Nvrtc nvrtc;
    try {
      nvrtc = Nvrtc.open(files.get());
    } catch (LinkageError e) {
      return new Missing("there is a " + name + ", but NVRTC in " + files.get().library() + " does not load: "
          + LoadFailure.reason(e) + ". Name a folder with another in " + NvrtcFiles.FOLDER_VARIABLE);
    }
    KernelCompiler compiler = new KernelCompiler(nvrtc, "sm_" + capability, driver.version(), cache);
    return new Found(new Gpu(name, capability, driver.memory(device), driver.version(), nvrtc.version(),
        new CudaLauncher(driver, device, compiler)));
  }
}
