package dev.kasane.core.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;

/** A file that is open to be read at any place, by several threads. */
public record OpenFile(Path path, FileChannel channel) implements AutoCloseable {
  /**
   * Opens a file and reads what all else needs; where that fails, the file is closed.
   *
   * @param kind what the file should be, for messages
   * @throws FileFault if the file is missing or cannot be opened
   */
  public static <T> T open(Path path, String kind, Function<OpenFile, T> reading) {
    if (Files.isDirectory(path)) {
      throw new FileFault(path, "is a folder, not a " + kind + "; name the file inside it");
    }
    OpenFile file = new OpenFile(path, openChannel(path));
    try {
      return reading.apply(file);
    } catch (RuntimeException | Error failure) {
      try {
        file.channel.close();
      } catch (IOException closing) {
        failure.addSuppressed(closing);
      }
      throw failure;
    }
  }

  private static FileChannel openChannel(Path path) {
    try {
      return InputFile.channel(path);
    } catch (NoSuchFileException missing) {
      throw new FileFault(path, "there is no such file", missing);
    } catch (IOException failure) {
      throw FileFault.of(path, "cannot be opened", failure);
    }
  }

  /** Closes the file. Windows already mapped stay valid. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failure) {
      throw FileFault.of(path, "cannot be closed", failure);
    }
  }
}
