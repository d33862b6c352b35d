package dev.kasane.bench.quant;

import dev.kasane.core.UserException;
import dev.kasane.quant.cuda.Accelerator;
import dev.kasane.quant.cuda.Gpu;
import dev.kasane.quant.cuda.GpuSearch;
import dev.kasane.quant.cuda.KernelLauncher;
import dev.kasane.quant.cuda.KernelSelfTest;
import dev.kasane.quant.cuda.QuantKernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tests every kernel on this machine's GPU and times it; {@code host/bench/run-gpu-kernels.sh} starts it. */
@Command(name = "GpuKernels", mixinStandardHelpOptions = true,
    description = "Tests and times the kernels of the quantisation on a GPU; a line of JSON each.")
public final class GpuKernels implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "7",
      description = "Timed rounds, of which the median counts (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--dry-run", description = "Runs the same program on the CPU, on kernels compiled as C++ and small"
      + " weights: every kernel is tested, no time means anything.")
  private boolean dryRun;

  /** Runs and ends the process: 1 when there is no GPU or a kernel is wrong. */
  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new GpuKernels());
    line.setExecutionExceptionHandler((e, command, parsed) -> {
      if (!(e instanceof UserException)) {
        throw e;
      }
      command.getErr().println("GpuKernels: " + e.getMessage());
      return ExitCode.SOFTWARE;
    });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (rounds < 1) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Option --rounds is " + rounds + "; expected 1 or"
          + " more.");
    }
    if (dryRun) {
      KernelLauncher kernels = ServiceLoader.load(KernelLauncher.class).findFirst().orElseThrow(() ->
          new UserException("A dry run needs the test classes of cuda, which run kernels on the CPU."));
      measure(new HostAccelerator(kernels), KernelScale.DRY, true);
      return ExitCode.OK;
    }
    // Compiled anew each time: what is measured is what the sources say.
    Path cache = Files.createTempDirectory("kasane-kernels");
    if (!(GpuSearch.find(cache) instanceof Gpu.Found found)) {
      throw new UserException("Nothing can be measured here: " + ((Gpu.Missing) GpuSearch.find(cache)).reason() + ".");
    }
    Gpu gpu = found.gpu();
    err().printf(Locale.ROOT, "%s, compute capability %d.%d, driver for CUDA %s, NVRTC %s%n", gpu.name(),
        gpu.computeCapability() / 10, gpu.computeCapability() % 10, gpu.driverVersion(), gpu.nvrtcVersion());
    measure(gpu.launcher(), KernelScale.FULL, gpu.hasFusedProducts());
    return ExitCode.OK;
  }

  private void measure(Accelerator device, KernelScale scale, boolean products) {
    requireRight(new KernelSelfTest(new QuantKernels(device), device).run(products));
    time(device, scale, products);
  }

  private void requireRight(List<KernelSelfTest.Result> results) {
    List<KernelSelfTest.Result> wrong = results.stream().filter(each -> !each.passed()).toList();
    err().printf(Locale.ROOT, "%d of %d kernel tests passed%n", results.size() - wrong.size(), results.size());
    err().flush();
    if (!wrong.isEmpty()) {
      throw new UserException("Wrong kernels are not timed: " + wrong);
    }
  }

  private void time(Accelerator device, KernelScale scale, boolean products) {
    try (GpuClock clock = new GpuClock(device, scale, rounds)) {
      err().printf(Locale.ROOT, "copy: %.0f GB/s%n", clock.copyBytesASecond() / 1e9);
      err().flush();
      for (int outputs : scale.outputs()) {
        new WeightKernels(device, clock, scale, outputs, scale.inputs(), this::tell).run(products);
      }
      OptimizerKernels.run(device, clock, scale, this::tell);
    }
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private void tell(KernelTiming timing) {
    spec.commandLine().getOut().println(timing.toJson());
    spec.commandLine().getOut().flush();
  }
}
