package dev.kasane.testkit;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

/**
 * The folder {@code ../shared/data} beside a checkout: adapters from the wild, configurations, reported inputs. It is
 * no part of the project, so a test that needs it is skipped where it is not, and says what it missed. Where the
 * environment has {@code CI=true} and the folder is there, whatever cannot be read of it fails the test: nobody would
 * see the skip.
 */
public final class SharedData {
  private final Path folder;
  private final boolean onServer;

  /**
   * @param onServer whether nobody watches the tests
   */
  SharedData(Path folder, boolean onServer) {
    this.folder = folder;
    this.onServer = onServer;
  }

  /**
   * A file or folder of the shared data; the test is skipped, or fails, where it cannot be read.
   *
   * @param name its path below {@code ../shared/data}, with slashes
   */
  public static Path path(String name) {
    Path shared = Path.of(System.getProperty("kasane.shared", "../shared")).toAbsolutePath().normalize();
    return new SharedData(shared.resolve("data"), "true".equals(System.getenv("CI"))).require(name);
  }

  Path require(String name) {
    Path path = folder.resolve(name);
    if (isReadable(folder) && isReadable(path)) {
      return path;
    }
    // A link that leads nowhere is there as well.
    if (onServer && Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new AssertionError("CI=true and " + folder + " is there, but " + path + " cannot be read. Mend the shared"
          + " data, or take the folder away to skip what needs it.");
    }
    throw new TestAbortedException("skipped: needs " + path + ", which is not there or cannot be read");
  }

  private static boolean isReadable(Path path) {
    return Files.isDirectory(path) ? Files.isReadable(path) && Files.isExecutable(path)
        : Files.isRegularFile(path) && Files.isReadable(path);
  }
}
