package dev.kasane.app.cli.gpu;

import dev.kasane.app.gpu.GpuSetup;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kasane gpu remove}. */
@Command(name = "remove", mixinStandardHelpOptions = true,
    description = "Remove libtorch for CUDA and what was fetched for it. A torch of Python's stays.")
final class GpuRemoveCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    long bytes = GpuSetup.remove();
    spec.commandLine().getOut().println(bytes == 0 ? "libtorch for CUDA is not installed."
        : "libtorch for CUDA is removed; " + GpuCommand.size(bytes) + " are free now.");
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
