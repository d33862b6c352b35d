package dev.kasane.app.recipe;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Writes the options that a command is about to run with as a recipe that gives the same run again. */
public final class RecipeSaver {
  private RecipeSaver() {}

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
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
    } else {
      PendingFile.replace(file, text);
    }
  }

  static String toYaml(CommandSpec spec) throws IOException {
    Map<String, Object> values = new LinkedHashMap<>();
    Collection<OptionSpec> keys = RecipeKeys.of(spec).values();
    Map<String, Object> effective =
        spec.userObject() instanceof EffectiveOptions command ? command.effectiveOptions() : Map.of();
    for (OptionSpec option : spec.options()) {
      if (keys.contains(option)) {
        Object value = Optional.<Object>ofNullable(option.getValue()).orElse(effective.get(option.longestName()));
        Optional.ofNullable(plain(value)).ifPresent(each -> values.put(key(option), each));
      }
    }
    YAMLFactory yaml = YAMLFactory.builder()
        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).disable(YAMLGenerator.Feature.SPLIT_LINES)
        .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
        .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
        .build();
    return "# " + spec.qualifiedName() + " " + RecipeOptions.READ + " THIS_FILE\n"
        + new YAMLMapper(yaml).writeValueAsString(values);
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
