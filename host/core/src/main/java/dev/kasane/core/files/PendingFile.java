package dev.kasane.core.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file beside its place, which it takes in one step once it is complete. Closed before that, it is removed, and the
 * place stays as it was.
 *
 * <p>A symbolic link in its place is followed. The permissions are those of any new file of the user's.
 */
public final class PendingFile implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final Pending removal = this::remove;

  private PendingFile(Path target, Path temporary) throws IOException {
    this.target = target;
    this.temporary = temporary;
    // Not createTempFile: that gives the result to its owner alone.
    this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /**
   * Creates the file, and removes what killed processes have left in its folder.
   *
   * @param target its place, free or with an ordinary file that the user may write to
   * @throws IOException that says why the place cannot be taken
   */
  public static PendingFile beside(Path target) throws IOException {
    Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    requireReplaceable(real);
    ProcessEnd end = ProcessEnd.ofThisProcess();
    PendingFile pending = end.throughDoor(() -> {
      PendingFile made = new PendingFile(real, PendingName.fresh(real));
      end.add(made.removal);
      return made;
    });
    Leftovers.removeBeside(pending.temporary);
    return pending;
  }

  private static void requireReplaceable(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      throw new FileSystemException(place.toString(), null, "it is a folder; name a file to write");
    } else if (Files.exists(place) && !Files.isRegularFile(place)) {
      throw new FileSystemException(place.toString(), null, "it is a device or a pipe; name a file to write");
    } else if (Files.exists(place) && !Files.isWritable(place)) {
      // A rename would replace a file that its owner has protected.
      throw new AccessDeniedException(place.toString());
    } else if (place.getParent() == null || !Files.isDirectory(place.getParent())) {
      throw new FileSystemException(place.toString(), null,
          "there is no folder " + place.getParent() + "; create it first");
    }
  }

  /** Puts a file with some content into a place, whole or not at all. */
  public static void replace(Path target, byte[] content) throws IOException {
    try (PendingFile pending = beside(target)) {
      pending.write(ByteBuffer.wrap(content));
      pending.replaceTarget();
    }
  }

  /** Puts a text in UTF-8 into a place, whole or not at all. */
  public static void replace(Path target, String text) throws IOException {
    replace(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Gives a file that is whole another name in its folder, at once.
   *
   * @return the file under its new name
   */
  public static Path rename(Path file, String name) throws IOException {
    return Files.move(file, file.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Appends all remaining bytes. */
  public void write(ByteBuffer source) throws IOException {
    int end = source.limit();
    while (source.position() < end) {
      // In pieces, because the platform copies heap buffers through a direct one as large as the piece.
      source.limit((int) Math.min(end, (long) source.position() + PIECE_BYTES));
      channel.write(source);
      source.limit(end);
    }
  }

  /** Writes all remaining bytes to a place; several threads may do so at once. */
  public void write(ByteBuffer source, long at) throws IOException {
    int end = source.limit();
    while (source.position() < end) {
      source.limit((int) Math.min(end, (long) source.position() + PIECE_BYTES));
      at += channel.write(source, at);
      source.limit(end);
    }
  }

  /** Puts a part of another file to a place without taking it through this process's memory. */
  public void transfer(FileChannel source, long from, long count, long at) throws IOException {
    // A channel of its own, for its position: only at that does the operating system copy by itself.
    try (FileChannel own = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      own.position(at);
      for (long done = 0; done < count;) {
        long moved = source.transferTo(from + done, count - done, own);
        if (moved <= 0) {
          throw new IOException("the file that is copied from has shrunk");
        }
        done += moved;
      }
    }
  }

  /** Appends; closing the stream closes the file for writing. */
  public OutputStream stream() {
    return Channels.newOutputStream(channel);
  }

  /** Waits until what was written so far is on disk. */
  public void force() throws IOException {
    channel.force(false);
  }

  /** Forces everything to disk and puts the file in its place. */
  public void replaceTarget() throws IOException {
    channel.force(true);
    channel.close();
    ProcessEnd end = ProcessEnd.ofThisProcess();
    end.throughDoor(() -> {
      move(temporary, target);
      end.remove(removal);
      return target;
    });
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      // Some network file systems cannot; the file is whole by now, so a plain move loses nothing.
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void remove() throws IOException {
    Files.deleteIfExists(temporary);
  }

  /** Removes the file where it has not taken its place. */
  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      remove();
      ProcessEnd.ofThisProcess().remove(removal);
    }
  }
}
