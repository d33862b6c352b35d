package dev.kasane.core.pickle.container;

import dev.kasane.core.files.FileWindow;
import dev.kasane.core.pickle.values.MalformedPickle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Reads small pieces of a file whole. */
public final class FileBytes {
  private FileBytes() {}

  /** {@code length} bytes from {@code position}, little-endian; the caller has bounded the length. */
  public static ByteBuffer read(FileChannel channel, long position, int length) throws IOException, MalformedPickle {
    if (position < 0 || position > channel.size() - length) {
      throw new MalformedPickle("ends before byte " + Long.toUnsignedString(position + length)
          + "; the download is incomplete");
    }
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    if (!FileWindow.fill(channel, buffer, position)) {
      throw new MalformedPickle("was cut while it was being read");
    }
    return buffer.flip();
  }
}
