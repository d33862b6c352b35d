package dev.kasane.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders that stay. */
public final class Folders {
  private Folders() {}

  /**
   * Makes a folder and those above it where they are missing; not any more once the process is ending, as that would
   * bring a pending folder back which has just been removed.
   *
   * @return the folder
   */
  public static Path make(Path folder) throws IOException {
    return ProcessEnd.ofThisProcess().throughDoor(() -> Files.createDirectories(folder));
  }
}
