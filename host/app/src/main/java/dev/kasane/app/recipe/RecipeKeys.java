package dev.kasane.app.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Which options of a command a recipe can set. */
final class RecipeKeys {
  private RecipeKeys() {}

  /** The options that a recipe can set, by every long name without its dashes. */
  static Map<String, OptionSpec> of(CommandSpec spec) {
    Map<String, OptionSpec> keys = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      if (!option.inherited() && !option.usageHelp() && !option.versionHelp() && !isRecipeOption(option)) {
        for (String name : option.names()) {
          if (name.startsWith("--")) {
            keys.put(name.substring(2), option);
          }
        }
      }
    }
    return keys;
  }

  private static boolean isRecipeOption(OptionSpec option) {
    return option.longestName().equals(RecipeOptions.READ) || option.longestName().equals(RecipeOptions.SAVE);
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
