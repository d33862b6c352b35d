package dev.kasane.app.cli.options;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that does nothing by itself but hold others. */
public abstract class CommandGroup implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public final void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: '" + spec.qualifiedName()
        + "' needs one of the commands " + String.join(", ", spec.subcommands().keySet()) + ".");
  }
}
