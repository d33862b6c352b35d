package dev.kasane.app.cli.adapter;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kasane unmerge}. */
@Command(name = "unmerge", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Take adapters out of a merged model again, by subtracting. In float32 the weights come back"
        + " to within rounding; in float16 and bfloat16 never to the bit, for what the merge rounded"
        + " off is gone. Keep the base.")
public final class UnmergeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private MergeWork work;

  @Override
  public Integer call() {
    work.run(true, spec.commandLine().getOut());
    return ExitCode.OK;
  }
}
