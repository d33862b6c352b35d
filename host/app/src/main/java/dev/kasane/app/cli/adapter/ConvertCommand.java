package dev.kasane.app.cli.adapter;

import dev.kasane.app.adapter.AdapterFit;
import dev.kasane.app.adapter.Conversion;
import dev.kasane.app.adapter.ConversionWish;
import dev.kasane.app.adapter.FormatChoice;
import dev.kasane.app.adapter.ReadBack;
import dev.kasane.app.cli.options.AdapterBases;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.ElementType;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kasane convert}. */
@Command(name = "convert", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Write an adapter file in another format. Nothing is lost in silence: what the format cannot"
        + " hold is refused, and the new file is read again and compared.")
public final class ConvertCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "Adapter file, or folder of a PEFT adapter.")
  private Path from;

  @Parameters(index = "1", paramLabel = "OUT", description = "File or folder to write.")
  private Path to;

  @Option(names = "--to", required = true, paramLabel = "FORMAT",
      description = "Format of OUT, such as kohya, diffusers or peft; 'kasane plugins list' shows them all.")
  private String format;

  @Sets("stored type")
  @Option(names = "--dtype", paramLabel = "TYPE", converter = Words.Type.class,
      description = "Type of the numbers: float32, float16 or bfloat16 (default: that of IN).")
  private ElementType type;

  @Option(names = "--base", paramLabel = "BASE", description = "The base that IN was made for: sd1, sd2,"
      + " sdxl, demo, or the file or folder of a checkpoint (default: what IN itself tells).")
  private String base;

  @Option(names = "--repair", description = "Mend keys that a faulty tool mangled, where it is certain what"
      + " was meant.")
  private boolean repair;

  @Option(names = "--overwrite", description = "Replace OUT if it exists.")
  private boolean overwrite;

  @Mixin
  private PluginOptions plugins;

  @Override
  public Integer call() {
    if (Files.exists(to) && !overwrite) {
      throw new UserException(to + " exists. Choose another name, or add --overwrite.");
    }
    try (PluginHost host = plugins.start()) {
      ConversionWish wish = new ConversionWish(from, to, Optional.ofNullable(type),
          repair, Optional.ofNullable(base).map(AdapterBases::named));
      Conversion.Outcome outcome =
          new Conversion(new FormatChoice(host.formats(), host.methods()), new AdapterFit(host.methods()), host.format(format), wish)
              .run();
      PrintWriter out = spec.commandLine().getOut();
      out.println(to);
      out.flush();
      report(outcome);
    }
    return ExitCode.OK;
  }

  private void report(Conversion.Outcome outcome) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(from + ": " + outcome.from() + " for " + outcome.base() + ", " + outcome.layers()
        + " layers, written as " + format + " in " + outcome.storage()
        + (outcome.repaired() > 0 ? ", " + outcome.repaired() + " keys repaired" : ""));
    outcome.notes().forEach(note -> err.println(from + ": " + note));
    ReadBack check = outcome.check();
    String rest = check.rounded() > 0 ? ", " + check.rounded() + " equal after rounding" : "";
    int other = check.tensors() - check.same() - check.rounded();
    err.println("Read again: " + check.same() + " of " + check.tensors() + " tensors are the same bit for bit"
        + rest + (other > 0 ? ", " + other + " have another form in this format" : "")
        + (check.constants() ? "." : "; alphas are said in another way."));
    err.flush();
  }
}
