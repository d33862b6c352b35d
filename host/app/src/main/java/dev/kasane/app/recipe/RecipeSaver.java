package dev.kasane.app.recipe;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kasane.app.terminal.MessageWriter;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Writes the options that a command is about to run with as a recipe that gives the same run again. */
public final class RecipeSaver {
  private RecipeSaver() {}

  /** Made when a recipe is saved, which few commands do: making it takes a third of the time that a help text does. */
  private static final class Yaml {
    static final YAMLMapper MAPPER = new YAMLMapper(YAMLFactory.builder()
        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).disable(YAMLGenerator.Feature.SPLIT_LINES)
        .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
        .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
        .build());
  }

  /**
   * Saves the command's options if it was asked to.
   *
   * @param parsed the whole parsed command line
   * @throws IOException when the file cannot be written
   */
  public static void saveIfAsked(ParseResult parsed) throws IOException {
    ParseResult command = parsed;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    CommandSpec spec = command.commandSpec();
    Path file = RecipeKeys.optionsOf(spec).map(RecipeOptions::saveRecipe).orElse(null);
    if (file == null) {
      return;
    }
    String text = toYaml(spec);
    if (file.toString().equals("-")) {
      PrintWriter out = MessageWriter.content(spec.commandLine().getOut());
      out.print(text);
      out.flush();
    } else {
      PendingFile.replace(file, text);
    }
  }

  static String toYaml(CommandSpec spec) throws IOException {
    Map<String, Object> effective =
        spec.userObject() instanceof EffectiveOptions command ? command.effectiveOptions() : Map.of();
    return "# " + spec.qualifiedName() + " " + spec.findOption("recipe").longestName() + " THIS_FILE\n"
        + Yaml.MAPPER.writeValueAsString(values(spec, RecipeKeys.of(spec).values(), effective))
        + commandLineOnly(spec);
  }

  /** As comments, since no recipe can set them: where this run's results went and the like. */
  private static String commandLineOnly(CommandSpec spec) throws IOException {
    List<OptionSpec> given = RecipeKeys.commandLineOnly(spec).values().stream()
        .filter(spec.commandLine().getParseResult()::hasMatchedOption).toList();
    Map<String, Object> values = values(spec, given, Map.of());
    return values.isEmpty() ? "" : "# The command line alone can say these:\n"
        + Yaml.MAPPER.writeValueAsString(values).lines().map(line -> "# " + line + "\n").collect(Collectors.joining());
  }

  private static Map<String, Object> values(
      CommandSpec spec, Collection<OptionSpec> wanted, Map<String, Object> effective) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      if (wanted.contains(option)) {
        Object value = Optional.<Object>ofNullable(option.getValue()).orElse(effective.get(option.longestName()));
        Optional.ofNullable(plain(value)).ifPresent(each -> values.put(key(option), each));
      }
    }
    return values;
  }

  /** Numbers and truth values as such, collections element by element, all else as it would be typed. */
  private static Object plain(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    } else if (value instanceof Optional<?> optional) {
      return plain(optional.orElse(null));
    } else if (value instanceof Collection<?> elements) {
      return elements.isEmpty() ? null : elements.stream().map(RecipeSaver::plain).toList();
    } else if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((name, each) -> copy.put(name.toString(), plain(each)));
      return copy.isEmpty() ? null : copy;
    }
    return value.toString();
  }

  private static String key(OptionSpec option) {
    return option.longestName().substring(2);
  }
}
