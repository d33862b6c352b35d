package dev.kasane.app.recipe;

import dev.kasane.app.Suggestions;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Arguments with those of a recipe worked in.
 *
 * <p>The command line is parsed once leniently to learn the command, the recipe and which options the user
 * gave; the rest of the recipe becomes arguments right after the command's name. The real parse then
 * checks and converts them as if they had been typed.
 */
public final class RecipeExpansion {
  private final CommandSpec command;
  private final String[] arguments;
  private final Recipe recipe;
  private final Map<ArgSpec, RecipeEntry> origins;

  private RecipeExpansion(
      CommandSpec command, String[] arguments, Recipe recipe, Map<ArgSpec, RecipeEntry> origins) {
    this.command = command;
    this.arguments = arguments;
    this.recipe = recipe;
    this.origins = origins;
  }

  /**
   * Works in the recipe, if one is named.
   *
   * @param root the top of all commands; groups on the way to a command take flags only
   * @throws IOException when the recipe cannot be read
   * @throws UserException when the recipe is no YAML or has a key that is no option of the command
   */
  public static RecipeExpansion of(CommandLine root, String... arguments) throws IOException {
    ParseResult command = parseLeniently(root, arguments);
    Optional<Path> recipe = RecipeKeys.optionsOf(command.commandSpec()).map(RecipeOptions::recipe)
        .or(() -> usualRecipe(command));
    if (recipe.isPresent()) {
      return expand(command, RecipeReader.read(recipe.get()), arguments);
    }
    return new RecipeExpansion(command.commandSpec(), arguments, null, Map.of());
  }

  private static Optional<Path> usualRecipe(ParseResult command) {
    boolean help = command.isUsageHelpRequested() || command.isVersionHelpRequested();
    if (!help && command.commandSpec().userObject() instanceof UsualRecipe own) {
      return own.usualRecipe();
    }
    return Optional.empty();
  }

  private static ParseResult parseLeniently(CommandLine root, String... arguments) {
    everyCommand(root, each -> each.getCommandSpec().parser().collectErrors(true));
    try {
      ParseResult result = root.parseArgs(arguments);
      while (result.hasSubcommand()) {
        result = result.subcommand();
      }
      return result;
    } finally {
      everyCommand(root, each -> each.getCommandSpec().parser().collectErrors(false));
    }
  }

  private static void everyCommand(CommandLine top, Consumer<CommandLine> action) {
    action.accept(top);
    top.getSubcommands().values().forEach(each -> everyCommand(each, action));
  }

  private static RecipeExpansion expand(ParseResult command, Recipe recipe, String... arguments) {
    CommandSpec spec = command.commandSpec();
    Map<String, OptionSpec> options = RecipeKeys.of(spec);
    Set<String> overruled = overruled(command, recipe, options);
    Map<ArgSpec, RecipeEntry> origins = new HashMap<>();
    List<String> added = new ArrayList<>();
    for (RecipeEntry entry : recipe.entries()) {
      OptionSpec option = options.get(entry.key());
      if (option == null) {
        throw recipe.error(entry, unusable(entry.key(), spec, options));
      }
      if (!command.hasMatchedOption(option) && !overruled.contains(entry.key())) {
        origins.put(option, entry);
        added.addAll(asArguments(recipe, entry, option));
      }
    }
    return new RecipeExpansion(spec, insert(added, spec, arguments), recipe, origins);
  }

  private static String unusable(String key, CommandSpec spec, Map<String, OptionSpec> options) {
    OptionSpec reserved = RecipeKeys.commandLineOnly(spec).get(key);
    if (reserved != null) {
      return "a recipe cannot set '" + key + "', since it may come from somebody else. Remove the line, and give "
          + reserved.longestName() + " on the command line where it is wanted.";
    }
    return "'" + spec.qualifiedName() + "' has no option '" + key + "'. " + Suggestions.hint(key, options.keySet());
  }

  /** What does not count because the command line chose another value for what it depends on. */
  private static Set<String> overruled(ParseResult command, Recipe recipe, Map<String, OptionSpec> options) {
    Set<String> overruled = new HashSet<>();
    for (CommandSpec mixin : command.commandSpec().mixins().values()) {
      if (mixin.userObject() instanceof DependentOptions group
          && command.hasMatchedOption(options.get(group.decider()))) {
        OptionSpec decider = options.get(group.decider());
        String wanted = recipe.entries().stream().filter(entry -> entry.key().equals(group.decider()))
            .map(entry -> entry.values().get(0)).findFirst().orElse(decider.defaultValue());
        if (!decider.stringValues().contains(wanted)) {
          overruled.addAll(group.dependents());
        }
      }
    }
    return overruled;
  }

  private static List<String> asArguments(Recipe recipe, RecipeEntry entry, OptionSpec option) {
    if (entry.values().size() > 1 && !option.isMultiValue()) {
      throw recipe.error(entry, "'" + entry.key() + "' takes one value, not " + entry.values().size() + ".");
    }
    return entry.values().stream().map(value -> option.longestName() + "=" + value).toList();
  }

  private static String[] insert(List<String> added, CommandSpec spec, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(positionBehind(spec, all), added);
    return all.toArray(String[]::new);
  }

  private static int positionBehind(CommandSpec spec, List<String> arguments) {
    if (spec.parent() == null) {
      return 0;
    }
    for (int i = positionBehind(spec.parent(), arguments); i < arguments.size(); i++) {
      if (spec.names().contains(arguments.get(i))) {
        return i + 1;
      }
    }
    throw new IllegalStateException("The command " + spec.qualifiedName() + " is not among the arguments");
  }

  /** The command that the arguments name. */
  public CommandSpec command() {
    return command;
  }

  /** The arguments to run with. */
  public String[] arguments() {
    return arguments.clone();
  }

  /**
   * Says where in the recipe a value comes from that the parser refused.
   *
   * @param argument the option that was refused, or null
   * @return file, line and key in front of a message, or nothing when the command line is to blame
   */
  public Optional<String> origin(ArgSpec argument) {
    return Optional.ofNullable(argument).map(origins::get)
        .map(entry -> Recipe.where(recipe.file(), entry.line()) + entry.key() + ": ");
  }

  /** What to call an option whose value comes from the recipe: its key, and where that stands. */
  public Optional<String> name(ArgSpec argument) {
    return Optional.ofNullable(origins.get(argument))
        .map(entry -> entry.key() + " (" + recipe.file() + ", line " + entry.line() + ")");
  }
}
