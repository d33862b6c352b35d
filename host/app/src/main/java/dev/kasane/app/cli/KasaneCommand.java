package dev.kasane.app.cli;

import dev.kasane.app.cli.adapter.ConvertCommand;
import dev.kasane.app.cli.adapter.ExtractCommand;
import dev.kasane.app.cli.adapter.InspectCommand;
import dev.kasane.app.cli.adapter.MergeCommand;
import dev.kasane.app.cli.adapter.MixCommand;
import dev.kasane.app.cli.adapter.ParamsCommand;
import dev.kasane.app.cli.adapter.ResizeCommand;
import dev.kasane.app.cli.adapter.UnmergeCommand;
import dev.kasane.app.cli.generate.GenerateCommand;
import dev.kasane.app.cli.gpu.GpuCommand;
import dev.kasane.app.cli.options.CommandGroup;
import dev.kasane.app.cli.train.TrainCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The top of all commands. */
@Command(
    name = "kasane",
    description = "Trains, loads, mixes and converts low-rank adapters for image and language models.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.Provider.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TrainCommand.class,
      GenerateCommand.class, InspectCommand.class, ConvertCommand.class, MixCommand.class, MergeCommand.class,
      UnmergeCommand.class, ExtractCommand.class, ResizeCommand.class, ParamsCommand.class, QuantizeCommand.class,
      DoctorCommand.class, GpuCommand.class, PluginsCommand.class, DemoBaseCommand.class, VersionCommand.class, HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "1:the work failed", "2:wrong usage", "130:interrupted"})
final class KasaneCommand extends CommandGroup {
  @Option(names = CommandRunner.DEBUG, scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure (also KASANE_DEBUG=1).")
  private boolean debug;

  /** Whether stack traces are wanted. */
  boolean debug() {
    return debug;
  }
}
