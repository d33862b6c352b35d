package dev.kasane.app.training;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second run out of a folder while one is at work there. The operating system gives the lock back
 * when its process ends, however it ends; the empty file stays and means nothing by itself.
 */
final class RunLock implements AutoCloseable {
  /** The locked file. */
  static final String NAME = ".lock";

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param folder an existing folder
   * @throws UserException when another run has it, or the folder cannot be written to
   */
  static RunLock take(Path folder) {
    Path file = folder.resolve(NAME);
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new RunLock(file, channel);
      }
      channel.close();
      throw taken(folder, null);
    } catch (OverlappingFileLockException sameProcess) {
      close(channel, sameProcess);
      throw taken(folder, sameProcess);
    } catch (IOException e) {
      close(channel, e);
      throw new UserException("The run cannot lock " + file + ": " + e.getMessage()
          + ". Choose a folder on a disk that has locks with «output».", e);
    }
  }

  private static UserException taken(Path folder, Exception cause) {
    return new UserException("Another run is at work in " + folder + ". Wait until it has ended, or name"
        + " another folder with «output».", cause);
  }

  private static void close(FileChannel channel, Exception failure) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException closing) {
      failure.addSuppressed(closing);
    }
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UserException("The lock " + file + " cannot be given back: " + e.getMessage() + ".", e);
    }
  }
}
