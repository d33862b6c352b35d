package dev.kasane.app.cli;

import picocli.CommandLine;

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
    int code = new CommandRunner(new CommandLine(new KasaneCommand())).run(arguments);
    System.exit(output.finish(code, System.out, System.err));
  }
}
