package dev.kasane.app.cli;

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

  @Option(names = "--hashes", description = "Add SHA-256 and AutoV2; this reads the whole file.")
  private boolean hashes;

  @Override
  public Integer call() throws IOException {
    FileInspection inspection = Inspector.inspect(file);
    if (hashes) {
      inspection = Inspector.withHashes(inspection);
    }
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
