package dev.kasane.app.image;

import dev.kasane.core.UserException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the base model lies that comes with Kasane: {@code bases/demo} in the distribution. */
public final class DemoBaseLocation {
  private static final String HOME_PROPERTY = "kasane.home";
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
    return in(System.getProperty(HOME_PROPERTY));
  }

  /**
   * @param home the distribution's folder, or null when the program runs without one
   */
  static Path in(String home) {
    if (home == null) {
      throw new UserException("The demo base is a part of the distribution, and this is none. " + ADVICE);
    }
    Path folder = Path.of(home, "bases", "demo");
    if (!Files.isDirectory(folder)) {
      throw new UserException("There is no demo base at " + folder + ". " + ADVICE);
    }
    return folder;
  }
}
