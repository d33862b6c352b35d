package dev.kasane.app.recipe;

import dev.kasane.app.cli.CommandRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** One run of {@code program group toy …}. */
final class ToyProgram {
  final ToyCommand toy = new ToyCommand();
  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  @Command(name = "program")
  private static final class Top {
    @Option(names = "--debug", scope = ScopeType.INHERIT)
    private boolean debug;
  }

  @Command(name = "group")
  private static final class Group {}

  int run(Object... arguments) {
    CommandLine line = new CommandLine(new Top())
        .addSubcommand(new CommandLine(new Group()).addSubcommand(toy))
        .setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] all = new String[arguments.length + 2];
    all[0] = "group";
    all[1] = "toy";
    for (int i = 0; i < arguments.length; i++) {
      all[i + 2] = arguments[i].toString();
    }
    return new CommandRunner(line).run(all);
  }
}
