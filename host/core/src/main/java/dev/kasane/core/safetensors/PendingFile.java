package dev.kasane.core.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A temporary file beside a target, which it replaces in one step or, closed before that, leaves alone. */
final class PendingFile implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;

  private PendingFile(Path target, Path temporary) throws IOException {
    this.target = target;
    this.temporary = temporary;
    this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Creates the temporary file. Not {@code createTempFile}: that gives the result to its owner alone. */
  static PendingFile beside(Path target) throws IOException {
    Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    if (Files.isDirectory(real)) {
      throw new SafetensorsException(target, "is a folder; name a file to write");
    }
    if (Files.exists(real) && !Files.isWritable(real)) {
      // A rename would replace a file that its owner has protected.
      throw new AccessDeniedException(real.toString());
    }
    Path folder = real.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new SafetensorsException(target, "cannot be written: there is no folder " + folder
          + "; create it first");
    }
    return new PendingFile(real, folder.resolve("." + real.getFileName() + "." + UUID.randomUUID() + ".tmp"));
  }

  /** Appends all remaining bytes. */
  void write(ByteBuffer source) throws IOException {
    int end = source.limit();
    while (source.position() < end) {
      // In pieces, because the platform copies heap buffers through a direct one as large as the piece.
      source.limit((int) Math.min(end, (long) source.position() + PIECE_BYTES));
      channel.write(source);
      source.limit(end);
    }
  }

  /** Writes all remaining bytes to a place; several threads may do so at once. */
  void write(ByteBuffer source, long at) throws IOException {
    int end = source.limit();
    while (source.position() < end) {
      source.limit((int) Math.min(end, (long) source.position() + PIECE_BYTES));
      at += channel.write(source, at);
      source.limit(end);
    }
  }

  /** Puts a part of another file to a place without taking it through this process's memory. */
  void transfer(FileChannel source, long from, long count, long at) throws IOException {
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

  /** Starts to force out what is written while more is on its way; close it before anything else ends. */
  WriteBehind writeBehind() {
    return new WriteBehind(channel);
  }

  /** Forces everything to disk and puts the file in the target's place. */
  void replaceTarget() throws IOException {
    channel.force(true);
    channel.close();
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes the temporary file where it has not become the target. */
  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
