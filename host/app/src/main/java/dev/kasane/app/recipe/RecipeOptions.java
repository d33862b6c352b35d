package dev.kasane.app.recipe;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/**
 * The options of a command whose options can come from a recipe; use it as a mixin.
 *
 * <p>The command takes options only. Positional parameters have no name that a recipe could use.
 */
public final class RecipeOptions {
  @Option(names = "--recipe", paramLabel = "FILE",
      description = "Take options from this YAML file; what the command line says wins. It cannot say where something"
          + " is written, have something replaced, or name plugins.")
  private Path recipe;

  @Option(names = "--save-recipe", paramLabel = "FILE",
      description = "Write all options, defaults included, to this YAML file before starting; - prints them.")
  private Path saveRecipe;

  /** The recipe that was asked for, or null. */
  public Path recipe() {
    return recipe;
  }

  /** Where to save the options, or null. */
  public Path saveRecipe() {
    return saveRecipe;
  }
}
