package dev.kasane.core.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files that a user names or a folder holds, before they are read. A named pipe waits for a writer that may never come,
 * a device such as {@code /dev/zero} has no end: only files with a length are opened.
 *
 * <p>Short texts that are read once from their beginning to their end, recipes and prompts, may come out of a pipe as
 * well ({@link #bytes}): that of a shell's {@code <(...)} or {@code /dev/stdin} has its writer.
 */
public final class InputFile {
  private InputFile() {}

  /**
   * Insists on a file with a length.
   *
   * @return the same path
   * @throws IOException when there is nothing, a folder, a pipe or a device; it names the path
   */
  public static Path require(Path file) throws IOException {
    Optional<String> reason = unreadable(file);
    if (reason.isPresent()) {
      throw Files.notExists(file) ? new NoSuchFileException(file.toString())
          : new FileSystemException(file.toString(), null, reason.get());
    }
    return file;
  }

  /** Why a path is none that can be read, if it exists and is no file with a length. */
  public static Optional<String> unreadable(Path file) {
    if (Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return Optional.of(Files.isDirectory(file) ? "it is a folder, and a file was expected"
        : Files.exists(file) ? "it is a pipe or a device, and a file was expected" : "there is no such file");
  }

  /**
   * Opens a file that has a length.
   *
   * @throws IOException when it cannot be opened, or is none
   */
  public static InputStream stream(Path file) throws IOException {
    return Files.newInputStream(require(file));
  }

  /**
   * Opens a file that has a length, to be read at any place.
   *
   * @throws IOException when it cannot be opened, or is none
   */
  public static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(require(file), StandardOpenOption.READ);
  }

  /**
   * All bytes of a file that has a length; look at its size before.
   *
   * @throws IOException when it cannot be read, or is none
   */
  public static byte[] allBytes(Path file) throws IOException {
    return Files.readAllBytes(require(file));
  }

  /**
   * All of a file of UTF-8 text that has a length; look at its size before.
   *
   * @throws java.nio.charset.CharacterCodingException when it is not UTF-8
   * @throws IOException when it cannot be read, or is none
   */
  public static String text(Path file) throws IOException {
    return Files.readString(require(file));
  }

  /**
   * The beginning of a file, or of what comes out of a pipe that somebody writes to.
   *
   * @param most read no more bytes than this
   * @throws IOException when it cannot be read, or is a named pipe or a device
   */
  public static byte[] bytes(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(isOpenAlready(file) ? file : require(file))) {
      return in.readNBytes(most);
    }
  }

  /** Whether a path is what this very process has open, such as /dev/stdin or /dev/fd/63. */
  private static boolean isOpenAlready(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    return Stream.of("/dev/stdin", "/dev/fd", "/proc/self/fd").anyMatch(absolute::startsWith);
  }
}
