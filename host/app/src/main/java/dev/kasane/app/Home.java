package dev.kasane.app;

import java.nio.file.Path;
import java.util.Optional;

/** The folder of the distribution, which the launcher names. */
public final class Home {
  private Home() {}

  /** The folder; nothing where the program runs without a distribution. */
  public static Optional<Path> folder() {
    return Optional.ofNullable(System.getProperty("kasane.home")).map(Path::of);
  }
}
