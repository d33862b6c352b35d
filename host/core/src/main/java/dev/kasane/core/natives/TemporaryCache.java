package dev.kasane.core.natives;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A cache of this process alone in the system's temporary folder, which goes with it. */
final class TemporaryCache {
  private static final String PREFIX = "kasane-native-";
  private static final String LOCK = ".alive";
  /** Long enough for a process to lock what it has just made. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private TemporaryCache() {}

  /**
   * Makes one, and removes those of processes that were killed.
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
      removeDead(base);
      Path folder = Files.createTempDirectory(base, PREFIX);
      FileChannel alive =
          FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      alive.lock();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder, alive), "native-libraries"));
      return folder;
    } catch (IOException e) {
      throw new UserException("No folder for native libraries can be made in " + base + ": " + e.getMessage()
          + ". Set DJL_CACHE_DIR to a folder of your own with 500 MB of room.", e);
    }
  }

  private static void end(Path folder, FileChannel alive) {
    try {
      alive.close();
      Trees.delete(folder);
    } catch (IOException e) {
      // Some systems keep libraries that are in use; the next process removes the folder.
    }
  }

  private static void removeDead(Path base) throws IOException {
    long young = System.currentTimeMillis() - YOUNG.toMillis();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(base, PREFIX + "*")) {
      for (Path folder : folders) {
        if (folder.toFile().lastModified() < young && OwnFiles.fault(folder).isEmpty() && isDead(folder)) {
          Trees.delete(folder);
        }
      }
    }
  }

  private static boolean isDead(Path folder) {
    Path lock = folder.resolve(LOCK);
    if (!Files.isRegularFile(lock)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE); FileLock free = channel.tryLock()) {
      return free != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false;
    }
  }
}
