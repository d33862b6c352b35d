package dev.kasane.app.cli.gpu;

import dev.kasane.app.gpu.GpuSetup;
import dev.kasane.core.tensor.GpuLibraries;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kasane gpu}. */
@Command(name = "gpu", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {GpuInstallCommand.class, GpuRemoveCommand.class},
    description = "Say what is installed of libtorch for CUDA, which computes on NVIDIA's GPUs, and install or remove it."
        + " 'kasane doctor' examines the GPU itself.")
public final class GpuCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Optional<GpuLibraries> installed = GpuLibraries.installed();
    installed.ifPresentOrElse(found -> print(found, out), () -> out.println("libtorch for CUDA is not installed."));
    if (installed.isEmpty() || installed.get().fault().isPresent()) {
      out.println("'kasane gpu install' installs " + GpuSetup.plan() + ".");
      GpuSetup.usable().ifPresent(torch -> out.println("There is " + torch
          + ": 'kasane gpu install --from-python' uses that and fetches nothing."));
    }
    out.flush();
    return ExitCode.OK;
  }

  /** What is installed. */
  static void print(GpuLibraries found, PrintWriter out) {
    out.println("libtorch " + found.version() + " for CUDA " + found.cuda() + " is installed in " + found.libtorch()
        + " (" + size(found.size()) + ").");
    found.fault().ifPresent(fault -> out.println("It cannot be used: " + fault + "."));
  }

  /** Bytes in words. */
  static String size(long bytes) {
    return bytes < 1 << 20 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
  }
}
