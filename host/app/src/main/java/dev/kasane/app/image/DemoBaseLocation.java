package dev.kasane.app.image;

import dev.kasane.app.Home;
import dev.kasane.core.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the base model lies that comes with Kasane: {@code bases/demo} in the distribution. */
public final class DemoBaseLocation {
  private static final String ADVICE = "Name a base model with «base»: a folder in diffusers' layout, or a"
      + " .safetensors or .ckpt file.";

  private DemoBaseLocation() {}

  /**
   * Finds it.
   *
   * @return a diffusers folder
   * @throws UserException when this distribution has none
   */
  public static Path find() {
    return in(Home.folder());
  }

  /**
   * @param home the distribution's folder, if there is one
   */
  static Path in(Optional<Path> home) {
    if (home.isEmpty()) {
      throw new UserException("The demo base is a part of the distribution, and this is none. " + ADVICE);
    }
    Path folder = home.get().resolve("bases").resolve("demo");
    if (!Files.isDirectory(folder)) {
      throw new UserException("There is no demo base at " + folder + ". " + ADVICE);
    }
    return folder;
  }
}
