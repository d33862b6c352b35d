package dev.kasane.app.cli;

import dev.kasane.app.Suggestions;
import dev.kasane.app.recipe.RecipeExpansion;
import dev.kasane.app.terminal.MessageWriter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, what was probably meant and how it should look. */
record UsageErrors(RecipeExpansion recipe) implements IParameterExceptionHandler {
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
    suggestions(error).forEach(near -> err.println("Did you mean '" + near + "'?"));
    Help help = command.getHelp();
    MessageWriter.own(err).print("Usage: " + help.synopsis("Usage: ".length()));
    err.println("'" + command.getCommandSpec().qualifiedName() + " --help' explains everything.");
  }

  /** One for each unknown option; words after the first are taken for its values. */
  private static List<String> suggestions(ParameterException error) {
    if (!(error instanceof UnmatchedArgumentException unmatched)) {
      return List.of();
    }
    List<String> words = unmatched.getUnmatched();
    return IntStream.range(0, words.size()).filter(i -> i == 0 || words.get(i).startsWith("-"))
        .mapToObj(i -> suggestion(error.getCommandLine(), words.get(i))).flatMap(Optional::stream).toList();
  }

  private static Optional<String> suggestion(CommandLine command, String word) {
    return word.startsWith("-")
        ? Suggestions.nearest(word.split("=", 2)[0], optionNames(command.getCommandSpec()))
        : Suggestions.nearest(word, command.getSubcommands().keySet());
  }

  private static List<String> optionNames(CommandSpec command) {
    return Stream.concat(command.optionsMap().keySet().stream(), command.negatedOptionsMap().keySet().stream())
        .toList();
  }
}
