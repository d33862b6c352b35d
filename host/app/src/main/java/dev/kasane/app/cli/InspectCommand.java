package dev.kasane.app.cli;

import dev.kasane.app.inspect.Depth;
import dev.kasane.app.inspect.FileInspection;
import dev.kasane.app.inspect.Inspector;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kasane inspect}. */
@Command(name = "inspect", mixinStandardHelpOptions = true,
    description = "Say what an adapter file is: format, method, base, ranks, metadata, damage. Exit code 1"
        + " when something is wrong with it.")
final class InspectCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Adapter file, or folder of a PEFT adapter.")
  private Path file;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--hashes", negatable = true, description = "Compute the hashes by which sites know the"
      + " file; this reads all of it (default: for files up to 256 MiB).")
  private Boolean hashes;

  @Option(names = "--scan", negatable = true, description = "Look for values that are no finite numbers; this"
      + " reads all of it (default: for files up to 256 MiB).")
  private Boolean scan;

  @Override
  public Integer call() throws IOException {
    FileInspection inspection = Inspector.inspect(file, new Depth(hashes, scan));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(InspectionJson.of(inspection));
    } else {
      InspectionText.lines(inspection).forEach(out::println);
    }
    out.flush();
    return inspection.isSound() ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
