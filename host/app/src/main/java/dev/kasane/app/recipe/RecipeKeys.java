package dev.kasane.app.recipe;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Which options of a command a recipe can set: those marked with {@link RecipeKey}. */
final class RecipeKeys {
  private RecipeKeys() {}

  /** The options that a recipe can set, by every long name without its dashes. */
  static Map<String, OptionSpec> of(CommandSpec spec) {
    Map<String, OptionSpec> keys = byLongName(spec);
    keys.values().removeIf(option -> !isMarked(option));
    return keys;
  }

  /** The options that only the command line can set, by every long name without its dashes. */
  static Map<String, OptionSpec> commandLineOnly(CommandSpec spec) {
    Map<String, OptionSpec> keys = byLongName(spec);
    keys.values().removeIf(RecipeKeys::isMarked);
    return keys;
  }

  private static boolean isMarked(OptionSpec option) {
    return option.userObject() instanceof AnnotatedElement field && field.isAnnotationPresent(RecipeKey.class);
  }

  private static boolean isAboutRecipes(OptionSpec option) {
    return option.userObject() instanceof Field field && field.getDeclaringClass() == RecipeOptions.class;
  }

  /** All options that are the command's own and not about recipes. */
  private static Map<String, OptionSpec> byLongName(CommandSpec spec) {
    Map<String, OptionSpec> keys = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      if (!option.inherited() && !option.usageHelp() && !option.versionHelp()
          && !isAboutRecipes(option)) {
        for (String name : option.names()) {
          if (name.startsWith("--")) {
            keys.put(name.substring(2), option);
          }
        }
      }
    }
    return keys;
  }

  /**
   * The recipe options of a command, if it has them.
   *
   * @throws IllegalStateException when it also has positional parameters, which no recipe could name
   */
  static Optional<RecipeOptions> optionsOf(CommandSpec spec) {
    Optional<RecipeOptions> options = spec.mixins().values().stream().map(CommandSpec::userObject)
        .filter(RecipeOptions.class::isInstance).map(RecipeOptions.class::cast).findFirst();
    if (options.isPresent() && !spec.positionalParameters().isEmpty()) {
      throw new IllegalStateException(spec.qualifiedName() + " takes recipes and must not have positional"
          + " parameters");
    }
    return options;
  }
}
