package dev.kasane.app.cli.gpu;

import dev.kasane.app.gpu.GpuSetup;
import dev.kasane.core.tensor.GpuLibraries;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kasane gpu install}. */
@Command(name = "install", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Install libtorch for CUDA and NVIDIA's libraries for this user, in the folder of native libraries"
        + " (~/.djl.ai, or DJL_CACHE_DIR). They come as Python packages, each checked by its SHA-256, from the index that"
        + " pip is configured for. What broke off is gone on with.")
final class GpuInstallCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @ArgGroup
  private Origin origin = new Origin();

  /** One of these at most. */
  private static final class Origin {
    @Option(names = "--from", paramLabel = "DIR", description = "Take the wheels from a folder; nothing is fetched.")
    private Path from;

    @Option(names = "--index", paramLabel = "URL", description = "Fetch from this Python index instead of pip's.")
    private String index;

    @Option(names = "--from-python",
        description = "Use the torch that python3 has, where it lies, if it is the right one.")
    private boolean fromPython;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    GpuCommand.print(origin.fromPython ? GpuSetup.fromPython()
        : GpuSetup.current(origin.from != null || origin.index != null).orElseGet(this::install), out);
    out.flush();
    return ExitCode.OK;
  }

  private GpuLibraries install() {
    if (origin.from != null) {
      return GpuSetup.fromFolder(origin.from);
    }
    PrintWriter err = spec.commandLine().getErr();
    GpuSetup.usable().ifPresent(torch -> err.println("There is " + torch
        + ": 'kasane gpu install --from-python' would use that and fetch nothing."));
    err.println("Installing " + GpuSetup.plan() + ".");
    err.flush();
    return GpuSetup.fromIndex(Optional.ofNullable(origin.index));
  }
}
