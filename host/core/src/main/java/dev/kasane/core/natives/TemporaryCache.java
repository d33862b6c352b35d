package dev.kasane.core.natives;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A cache of this process alone in the system's temporary folder, which goes with it. */
final class TemporaryCache {
  private TemporaryCache() {}

  /**
   * Makes one, which is removed at the end of the process; those of this user's killed processes go now.
   *
   * @param base the system's temporary folder
   * @throws UserException when others could replace what is made there, or it cannot be written to
   */
  static Path make(Path base) {
    OwnFiles.faultAround(base).ifPresent(fault -> {
      throw new UserException("There is no safe folder for native libraries: " + fault + ", and the home of this user"
          + " cannot be used. Set DJL_CACHE_DIR to a folder of your own.");
    });
    try {
      // It stays pending as long as the process lives.
      Path folder = PendingFolder.scratchIn(base).path();
      if (OwnFiles.POSIX) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      return folder;
    } catch (IOException e) {
      throw new UserException("No folder for native libraries can be made in " + base + ": " + FileFaults.reason(e)
          + ". Set DJL_CACHE_DIR to a folder of your own with 500 MB of room.", e);
    }
  }
}
