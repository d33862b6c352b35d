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
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine;

/** The top of all commands. */
@Command(
    name = "kasane",
    description = "Trains, loads, mixes and converts low-rank adapters for image and language models.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.Provider.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "1:the work failed", "2:wrong usage", "130:interrupted"})
final class KasaneCommand extends CommandGroup {
  private static final List<Class<?>> COMMANDS = List.of(TrainCommand.class, GenerateCommand.class,
      InspectCommand.class, ConvertCommand.class, MixCommand.class, MergeCommand.class, UnmergeCommand.class,
      ExtractCommand.class, ResizeCommand.class, ParamsCommand.class, QuantizeCommand.class, DoctorCommand.class,
      GpuCommand.class, PluginsCommand.class, DemoBaseCommand.class, VersionCommand.class);

  @Option(names = CommandRunner.DEBUG, scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure (also KASANE_DEBUG=1).")
  private boolean debug;

  /**
   * The top with all commands.
   *
   * @param arguments what it is for: where they begin with the name of a command it has that one alone, since to read
   *     the options of all takes longer than the small ones run
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine top = new CommandLine(new KasaneCommand());
    List<Class<?>> meant = COMMANDS.stream().filter(each -> arguments.length > 0
        && each.getAnnotation(Command.class).name().equals(arguments[0])).toList();
    (meant.isEmpty() ? COMMANDS : meant).forEach(top::addSubcommand);
    return meant.isEmpty() ? top.addSubcommand(new HelpCommand()) : top;
  }

  /** Whether stack traces are wanted. */
  boolean debug() {
    return debug;
  }
}
