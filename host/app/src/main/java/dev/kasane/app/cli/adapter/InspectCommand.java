package dev.kasane.app.cli.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.FormatChoice;
import dev.kasane.app.adapter.LoadReport;
import dev.kasane.app.cli.options.AdapterBases;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.inspect.Depth;
import dev.kasane.app.inspect.FileInspection;
import dev.kasane.app.inspect.Inspector;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kasane inspect}. */
@Command(name = "inspect", mixinStandardHelpOptions = true,
    description = "Say what an adapter file is: format, method, base, ranks, metadata, damage. Exit code 1"
        + " when something is wrong with it.")
public final class InspectCommand implements Callable<Integer> {
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

  @Sets("base")
  @Option(names = "--against", paramLabel = "BASE", description = "Also say what becomes of every key on a"
      + " base: sd1, sd2, sdxl, demo, the file or folder of a checkpoint, or the config.json of a model without"
      + " its weights. Exit code 1 unless all fits.")
  private String against;

  @Mixin
  private PluginOptions plugins;

  @Override
  public Integer call() throws IOException {
    try (PluginHost host = plugins.start()) {
      FileInspection inspection =
          new Inspector(host.formats(), host.methods()).inspect(file, new Depth(hashes, scan));
      LoadReport report =
          against == null || inspection.tensors().container().equals("unknown") ? null : compare(host);
      return print(inspection, report);
    }
  }

  private int print(FileInspection inspection, LoadReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(InspectionJson.of(inspection, report));
      out.println();
    } else {
      InspectionText.lines(inspection).forEach(out::println);
      if (report != null) {
        LoadReportText.lines(report).forEach(out::println);
      }
    }
    out.flush();
    boolean fits = report == null || report.isComplete();
    return inspection.isSound() && fits ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private LoadReport compare(PluginHost host) {
    AdapterBase base = AdapterBases.named(against);
    try (NDManager scope = Engines.newManager()) {
      FormatChoice choice = new FormatChoice(host.formats(), host.methods());
      return LoadReport.of(choice.recognise(file), base, host.methods(), scope);
    }
  }
}
