package dev.kasane.app.cli.options;

import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.image.DemoBaseLocation;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bases by the words of the command line. */
public final class AdapterBases {
  private static final Path DEMO = Path.of("demo");

  private AdapterBases() {}

  /**
   * The base of a word: {@code sd1}, {@code sd2}, {@code sdxl}, {@code demo} or a path.
   *
   * @throws dev.kasane.core.UserException when there is none
   */
  public static AdapterBase named(String word) {
    return AdapterBase.named(path(Path.of(word)).toString());
  }

  /**
   * Where a base lies that a user named.
   *
   * @param base a path, or {@code demo} for the base that comes with Kasane unless something of that name is there
   * @throws dev.kasane.core.UserException when this distribution has no demo base
   */
  public static Path path(Path base) {
    return base.equals(DEMO) && !Files.exists(base) ? DemoBaseLocation.find() : base;
  }
}
