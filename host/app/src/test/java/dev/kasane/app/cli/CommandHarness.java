package dev.kasane.app.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs commands in this process and keeps what they print. */
final class CommandHarness {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  int run(String... arguments) {
    CommandLine commandLine = KasaneCommand.commandLine(arguments)
        .setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new CommandRunner(commandLine).run(arguments);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
