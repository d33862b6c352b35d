package dev.kasane.app.adapter;

import dev.kasane.core.UserException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of learned words.
 *
 * @param word what its word shall be called in prompts; nothing leaves it as the file says
 */
public record EmbeddingReference(Path file, Optional<String> word) {
  /**
   * Reads {@code FILE} or {@code FILE:word}. What stands after the last colon is a word unless the whole is a
   * file that exists, or only a single letter stands before it, as in the Windows path {@code C:ink.pt}.
   *
   * @throws UserException when the file's name is impossible or the word empty
   */
  public static EmbeddingReference parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 2 || isFile(text)) {
      return new EmbeddingReference(path(text), Optional.empty());
    }
    String word = text.substring(colon + 1).strip();
    if (word.isEmpty()) {
      throw new UserException("'" + text + "' should be FILE or FILE:word, such as ink.safetensors:inkprint.");
    }
    return new EmbeddingReference(path(text.substring(0, colon)), Optional.of(word));
  }

  private static boolean isFile(String name) {
    try {
      return Files.exists(Path.of(name));
    } catch (InvalidPathException noPath) {
      // Where a colon cannot be in a name, it begins a word.
      return false;
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new UserException("'" + name + "' cannot be a file's name: " + e.getReason() + ".", e);
    }
  }

  /** As it could have been typed. */
  @Override
  public String toString() {
    return file + word.map(each -> ":" + each).orElse("");
  }
}
