package dev.kasane.app.cli;

import dev.kasane.app.terminal.MessageStream;
import dev.kasane.app.terminal.StandardOutput;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    StandardOutput output = StandardOutput.install();
    // Made before the door stands: what it draws itself goes out beneath.
    CommandRunner runner = new CommandRunner(KasaneCommand.commandLine(arguments));
    MessageStream.install();
    System.exit(output.finish(runner.run(arguments)));
  }
}
