package dev.kasane.app;

import ai.djl.ndarray.types.DataType;
import dev.kasane.app.gpu.GpuSetup;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GpuLibraries;
import dev.kasane.quant.cpu.Decoders;
import dev.kasane.quant.cuda.CudaLauncher;
import dev.kasane.quant.cuda.FourBitAddresses;
import dev.kasane.quant.cuda.Gpu;
import dev.kasane.quant.cuda.GpuSearch;
import dev.kasane.quant.cuda.KernelFile;
import dev.kasane.quant.cuda.KernelSelfTest;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.format.FourBitType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Examines this machine. */
public final class Doctor {
  private static final int BLOCK_SIZE = 64;
  private static final long VALUES = 1L << 26;
  private static final int ROUNDS = 20;

  private Doctor() {}

  /**
   * Examines.
   *
   * @param cache folder for compiled kernels
   */
  public static Diagnosis examine(Path cache) {
    Gpu.Finding finding = GpuSearch.find(cache);
    Optional<Gpu> gpu = finding instanceof Gpu.Found found ? Optional.of(found.gpu()) : Optional.empty();
    List<Gpu.Step> steps = new ArrayList<>(finding.steps());
    steps.add(libtorch(gpu));
    return gpu.map(found -> withGpu(found, steps)).orElseGet(() -> new Diagnosis(engine(), Decoders.report(), steps,
        Map.of(), ((Gpu.Missing) finding).reason(), List.of(), Map.of()));
  }

  /** Whether libtorch for CUDA is there; where there is a GPU, it is started. */
  private static Gpu.Step libtorch(Optional<Gpu> gpu) {
    try {
      Optional<GpuLibraries> installed = GpuLibraries.installed();
      Optional<String> missing = gpu.isPresent() ? Engines.startForGpu(gpu.get().computeCapability())
          : installed.isEmpty() ? Optional.of("it is not installed; «gpu install» does that"
              + GpuSetup.usable().map(torch -> ", or uses " + torch).orElse(""))
          : installed.get().fault().map(fault -> fault + "; «gpu install» puts it anew");
      return step(missing, () -> installed.filter(own -> gpu.isEmpty() || own.libtorch().equals(Engines.folder()))
          .map(GpuLibraries::toString).orElseGet(() -> Engines.version() + " in " + Engines.folder()));
    } catch (UserException e) {
      return step(Optional.of(e.getMessage()), String::new);
    }
  }

  private static Gpu.Step step(Optional<String> missing, Supplier<String> found) {
    return new Gpu.Step("libtorch for CUDA", missing.isEmpty(), missing.orElseGet(found));
  }

  private static Diagnosis withGpu(Gpu gpu, List<Gpu.Step> steps) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("name", gpu.name());
    facts.put("compute capability", gpu.computeCapability() / 10 + "." + gpu.computeCapability() % 10);
    facts.put("memory", String.format(Locale.ROOT, "%.1f GiB", gpu.memory() / (double) (1L << 30)));
    facts.put("driver", "CUDA " + gpu.driverVersion());
    facts.put("NVRTC", gpu.nvrtcVersion());
    for (KernelFile file : KernelFile.values()) {
      gpu.launcher().prepare(file);
    }
    facts.put("kernel files compiled", String.valueOf(KernelFile.values().length));
    QuantKernels kernels = new QuantKernels(gpu.launcher());
    List<KernelSelfTest.Result> results =
        new KernelSelfTest(kernels, gpu.launcher()).run(gpu.hasFusedProducts());
    return new Diagnosis(
        engine(), Decoders.report(), steps, facts, "", results, bandwidths(gpu.launcher(), kernels));
  }

  private static Map<String, String> engine() {
    Version version = Version.current();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("kasane", version.kasane());
    facts.put("libtorch", version.libtorch());
    facts.put("threads of libtorch", String.valueOf(Engines.threads()));
    facts.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put("java", Runtime.version() + ", heap up to "
        + Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB");
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return facts;
  }

  /** Bytes a second: of a copy inside the GPU (read and written), and of decoding to bfloat16 (the same count). */
  private static Map<String, Double> bandwidths(CudaLauncher gpu, QuantKernels kernels) {
    long packed = gpu.allocate(VALUES / 2);
    long absmax = gpu.allocate(VALUES / BLOCK_SIZE * Float.BYTES);
    long out = gpu.allocate(VALUES * Short.BYTES);
    long copied = gpu.allocate(VALUES * Short.BYTES);
    try {
      Map<String, Double> rates = new LinkedHashMap<>();
      double copyBytes = 2.0 * VALUES * Short.BYTES;
      rates.put("copy", copyBytes / best(gpu, () -> gpu.copy(out, copied, VALUES * Short.BYTES)));
      double decodeBytes = VALUES / 2.0 + VALUES / (double) BLOCK_SIZE * Float.BYTES + VALUES * Short.BYTES;
      rates.put("dequantise nf4 to bfloat16", decodeBytes / best(gpu, () -> kernels.dequantise(FourBitType.NF4,
          DataType.BFLOAT16, FourBitAddresses.plain(packed, absmax), out, VALUES, BLOCK_SIZE)));
      return rates;
    } finally {
      for (long address : new long[] {packed, absmax, out, copied}) {
        gpu.free(address);
      }
    }
  }

  private static double best(CudaLauncher gpu, Runnable work) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      best = Math.min(best, gpu.seconds(work));
    }
    return best;
  }
}
