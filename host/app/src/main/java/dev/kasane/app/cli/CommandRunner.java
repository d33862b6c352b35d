package dev.kasane.app.cli;

import dev.kasane.app.recipe.RecipeExpansion;
import dev.kasane.app.recipe.RecipeSaver;
import dev.kasane.app.terminal.MessageWriter;
import dev.kasane.core.files.ProcessEnd;
import dev.kasane.core.natives.NativeLibraries;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Runs one command line: recipe, parse, command, and what becomes of a failure. */
public final class CommandRunner {
  /** Asks for stack traces. */
  static final String DEBUG = "--debug";

  private final CommandLine commandLine;

  /**
   * @param commandLine the top of all commands; what it prints goes through {@link MessageWriter} from now on
   */
  public CommandRunner(CommandLine commandLine) {
    this.commandLine = commandLine.setOut(MessageWriter.before(commandLine.getOut()))
        .setErr(MessageWriter.before(commandLine.getErr()));
  }

  /**
   * @param arguments the command line
   * @return the exit code
   */
  public int run(String... arguments) {
    boolean debug = Arrays.asList(arguments).contains(DEBUG) || "1".equals(System.getenv("KASANE_DEBUG"));
    Failures failures = new Failures(debug);
    NativeLibraries.tell(this::note);
    try {
      RecipeExpansion expansion = RecipeExpansion.of(commandLine, arguments);
      CommandWords words = new CommandWords(expansion.command(), expansion::name);
      commandLine.setOut(MessageWriter.saying(words, commandLine.getOut()))
          .setErr(MessageWriter.saying(words, commandLine.getErr()));
      commandLine.setParameterExceptionHandler(new UsageErrors(expansion));
      commandLine.setExecutionExceptionHandler((failure, command, parsed) -> report(failures, failure));
      commandLine.setExecutionStrategy(this::saveAndRun);
      return commandLine.execute(expansion.arguments());
    } catch (IOException | RuntimeException | Error failure) {
      return report(failures, failure);
    }
  }

  private int saveAndRun(ParseResult parsed) {
    try {
      RecipeSaver.saveIfAsked(parsed);
    } catch (IOException e) {
      throw new CommandLine.ExecutionException(commandLine, "The recipe cannot be saved", e);
    }
    if (asksForHelp(parsed)) {
      commandLine.setOut(MessageWriter.own(commandLine.getOut()));
    }
    return new RunLast().execute(parsed);
  }

  private void note(String line) {
    commandLine.getErr().println("kasane: " + line);
    commandLine.getErr().flush();
  }

  private static boolean asksForHelp(ParseResult parsed) {
    return parsed.asCommandLineList().stream().anyMatch(each -> each.isUsageHelpRequested()
        || each.getCommandSpec().helpCommand());
  }

  private int report(Failures failures, Throwable failure) {
    if (ProcessEnd.ofThisProcess().isClosed()) {
      // What was being written has been removed under the command that writes it; nobody wants to read that.
      ProcessEnd.ofThisProcess().await();
    }
    PrintWriter err = commandLine.getErr();
    failures.report(failure, err);
    err.flush();
    return ExitCode.SOFTWARE;
  }
}
