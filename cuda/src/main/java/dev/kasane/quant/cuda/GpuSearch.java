package dev.kasane.quant.cuda;

import dev.kasane.core.UserException;
import dev.kasane.core.natives.LoadFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks for what a GPU needs, each thing by itself, so that all that is missing is known at once. */
public final class GpuSearch {
  private static final int LEAST_COMPUTE_CAPABILITY = 70;
  /** Whatever is built for a CUDA 12 runs with any driver for a CUDA 12 (NVIDIA's minor version compatibility). */
  private static final int LEAST_CUDA = 12;
  private static final double GIB = 1L << 30;

  private final List<Gpu.Step> steps = new ArrayList<>();
  private final Supplier<CudaDriver> opening;
  private final int number;

  /**
   * @param opening opens the driver, or throws what loading it throws
   */
  GpuSearch(Supplier<CudaDriver> opening, int number) {
    this.opening = opening;
    this.number = number;
  }

  /**
   * Looks for a driver, a GPU and a compiler.
   *
   * @param cache folder for compiled kernels
   */
  public static Gpu.Finding find(Path cache) {
    return find(cache, 0);
  }

  /**
   * The same for one GPU of several.
   *
   * @param number which, counted from 0 in the driver's order
   */
  public static Gpu.Finding find(Path cache, int number) {
    return new GpuSearch(CudaDriver::open, number).look(cache);
  }

  /** Whether there are traces of a driver: to load one takes some tenths of a second, which every start would pay. */
  public static boolean hasDriver() {
    return Stream.of("/dev/nvidiactl", "/usr/lib/wsl/lib/libcuda.so.1",
        System.getenv().getOrDefault("SystemRoot", "C:/Windows") + "/System32/nvcuda.dll")
        .anyMatch(each -> Files.exists(Path.of(each)));
  }

  /** A GPU as the driver knows it. */
  private record Card(int device, String name, int computeCapability) {
    @Override
    public String toString() {
      return name + ", compute capability " + capability(computeCapability);
    }
  }

  Gpu.Finding look(Path cache) {
    Optional<CudaDriver> driver = look("driver", this::driver, found -> "CUDA " + found.version());
    Optional<Card> card = driver.flatMap(found -> look("card", () -> card(found), Card::toString));
    Optional<Nvrtc> nvrtc = look("NVRTC", () -> nvrtc(card), found -> found.version() + " in " + found.file());
    Optional<Gpu> gpu = driver.isEmpty() || card.isEmpty() || nvrtc.isEmpty() ? Optional.empty()
        : look("memory", () -> gpu(driver.get(), card.get(), nvrtc.get(), cache), GpuSearch::memory);
    return gpu.<Gpu.Finding>map(found -> new Gpu.Found(found, steps)).orElseGet(() -> new Gpu.Missing(
        steps.stream().filter(step -> !step.there()).findFirst().orElseThrow().text(), steps));
  }

  private <T> Optional<T> look(String name, Supplier<T> place, Function<T, String> words) {
    try {
      T found = place.get();
      steps.add(new Gpu.Step(name, true, words.apply(found)));
      return Optional.of(found);
    } catch (UserException e) {
      steps.add(new Gpu.Step(name, false, e.getMessage()));
    } catch (UnsatisfiedLinkError e) {
      steps.add(new Gpu.Step(name, false, "the NVIDIA driver is too old: " + e.getMessage()));
    }
    return Optional.empty();
  }

  private CudaDriver driver() {
    CudaDriver driver;
    try {
      driver = opening.get();
    } catch (LinkageError e) {
      throw new UserException("there is no NVIDIA driver here (libcuda.so.1 or nvcuda.dll cannot be loaded)", e);
    }
    int started = driver.start();
    if (started != 0) {
      throw new UserException("the NVIDIA driver does not start: " + driver.meaning(started));
    }
    if (driver.majorVersion() < LEAST_CUDA) {
      throw new UserException("the NVIDIA driver is too old: it runs CUDA " + driver.version() + " at most, and "
          + LEAST_CUDA + ".0 or newer is needed. Update it");
    }
    return driver;
  }

  private Card card(CudaDriver driver) {
    int count = driver.deviceCount();
    if (number >= count) {
      throw new UserException(count == 0 ? "the NVIDIA driver finds no GPU"
          : "there is no GPU " + number + "; the NVIDIA driver finds " + count + ", counted from 0");
    }
    int device = driver.device(number);
    Card card = new Card(device, driver.name(device), driver.computeCapability(device));
    if (card.computeCapability() < LEAST_COMPUTE_CAPABILITY) {
      throw new UserException(card.name() + " has compute capability " + capability(card.computeCapability())
          + ", and " + capability(LEAST_COMPUTE_CAPABILITY) + " or newer is needed");
    }
    return card;
  }

  private static String memory(Gpu gpu) {
    return String.format(Locale.ROOT, "%.1f GiB, %.1f GiB of it free", gpu.memory() / GIB,
        gpu.launcher().freeMemory() / GIB);
  }

  private static String capability(int tenfold) {
    return String.format(Locale.ROOT, "%d.%d", tenfold / 10, tenfold % 10);
  }

  private static Nvrtc nvrtc(Optional<Card> card) {
    NvrtcFiles files = NvrtcFiles.find().orElseThrow(() -> new UserException("there is no NVRTC to compile kernels. It"
        + " comes with libtorch for CUDA («gpu install»); or name a folder that has libnvrtc in "
        + NvrtcFiles.FOLDER_VARIABLE + ". Looked in "
        + NvrtcFiles.places().stream().map(Path::toString).collect(Collectors.joining(", "))));
    try {
      Nvrtc nvrtc = Nvrtc.open(files);
      card.filter(found -> !nvrtc.compilesFor(found.computeCapability())).ifPresent(found -> {
        throw new UserException("NVRTC " + nvrtc.version() + " in " + nvrtc.file() + " compiles nothing for compute"
            + " capability " + capability(found.computeCapability()) + ". Name a folder with a newer one in "
            + NvrtcFiles.FOLDER_VARIABLE);
      });
      return nvrtc;
    } catch (LinkageError e) {
      throw new UserException("NVRTC in " + files.library() + " does not load: " + LoadFailure.reason(e)
          + ". Name a folder with another in " + NvrtcFiles.FOLDER_VARIABLE, e);
    }
  }

  private static Gpu gpu(CudaDriver driver, Card card, Nvrtc nvrtc, Path cache) {
    KernelCompiler compiler =
        new KernelCompiler(nvrtc, "sm_" + card.computeCapability(), driver.version(), cache);
    return new Gpu(card.name(), card.computeCapability(), driver.memory(card.device()), driver.version(),
        nvrtc.version(), new CudaLauncher(driver, card.device(), compiler));
  }
}
