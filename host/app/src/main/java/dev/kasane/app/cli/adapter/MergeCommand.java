package dev.kasane.app.cli.adapter;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kasane merge}. */
@Command(name = "merge", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Fold adapters into a copy of a model. Each tensor keeps its type; those that no adapter"
        + " changes are copied byte for byte. Computed on the CPU.")
public final class MergeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private MergeWork work;

  @Override
  public Integer call() {
    work.run(false, spec.commandLine().getOut());
    return ExitCode.OK;
  }
}
