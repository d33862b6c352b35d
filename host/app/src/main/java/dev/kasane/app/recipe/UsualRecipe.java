package dev.kasane.app.recipe;

import java.nio.file.Path;
import java.util.Optional;

/** A command that, with some arguments, follows a recipe of its own when none is named. */
public interface UsualRecipe {
  /** The recipe, after the arguments have been parsed. */
  Optional<Path> usualRecipe();
}
