package dev.kasane.app.cli;

import dev.kasane.app.Suggestions;
import dev.kasane.app.recipe.RecipeExpansion;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, what was probably meant and how it should look. */
final class UsageErrors implements IParameterExceptionHandler {
  private final RecipeExpansion recipe;

  UsageErrors(RecipeExpansion recipe) {
    this.recipe = recipe;
  }

  @Override
  public int handleParseException(ParameterException error, String[] arguments) {
    PrintWriter err = error.getCommandLine().getErr();
    Optional<String> origin = recipe.origin(error.getArgSpec());
    err.println("kasane: " + origin.orElse("") + error.getMessage());
    if (origin.isEmpty()) {
      explainUsage(error, err);
    }
    err.flush();
    return origin.isPresent() ? ExitCode.SOFTWARE : ExitCode.USAGE;
  }

  private static void explainUsage(ParameterException error, PrintWriter err) {
    CommandLine command = error.getCommandLine();
    suggestion(error).ifPresent(near -> err.println("Did you mean '" + near + "'?"));
    Help help = command.getHelp();
    err.print("Usage: " + help.synopsis("Usage: ".length()));
    err.println("'" + command.getCommandSpec().qualifiedName() + " --help' explains everything.");
  }

  private static Optional<String> suggestion(ParameterException error) {
    if (!(error instanceof UnmatchedArgumentException unmatched) || unmatched.getUnmatched().isEmpty()) {
      return Optional.empty();
    }
    String word = unmatched.getUnmatched().get(0);
    String name = word.startsWith("-") ? word.split("=", 2)[0] : word;
    return Suggestions.nearest(name, names(error.getCommandLine(), word.startsWith("-")));
  }

  private static List<String> names(CommandLine command, boolean options) {
    return (options
        ? command.getCommandSpec().options().stream().flatMap(option -> Stream.of(option.names()))
        : command.getSubcommands().keySet().stream()).toList();
  }
}
