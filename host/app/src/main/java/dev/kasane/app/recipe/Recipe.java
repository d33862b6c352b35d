package dev.kasane.app.recipe;

import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.List;

/** A recipe file as it was read: keys, values and where they stand. */
record Recipe(Path file, List<RecipeEntry> entries) {
  /** An error about one entry, with file and line in front. */
  UserException error(RecipeEntry entry, String message) {
    return new UserException(where(file, entry.line()) + message);
  }

  static String where(Path file, int line) {
    return file + ", line " + line + ": ";
  }
}
