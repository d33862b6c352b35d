package dev.kasane.core.pickle.container;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** The content of a region as a stream that leaves the channel's own position alone. */
public final class RegionStream extends InputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  private final FileChannel channel;
  private final long end;
  private long position;

  private RegionStream(FileChannel channel, FileRegion region) {
    this.channel = channel;
    this.position = region.offset();
    this.end = region.offset() + region.storedLength();
  }

  /** A buffered stream of the region's content, inflated where need be. Close it to free the inflater. */
  public static InputStream open(FileChannel channel, FileRegion region) {
    InputStream stored = new BufferedInputStream(new RegionStream(channel, region), BUFFER_BYTES);
    if (!region.deflated()) {
      return stored;
    }
    Inflater inflater = new Inflater(true);
    return new BufferedInputStream(new InflaterInputStream(stored, inflater) {
      @Override
      public void close() throws IOException {
        super.close();
        inflater.end();
      }
    }, BUFFER_BYTES);
  }

  @Override
  public int read() throws IOException {
    byte[] single = new byte[1];
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (position >= end) {
      return -1;
    }
    int wanted = (int) Math.min(length, Math.min(end - position, BUFFER_BYTES));
    int count = channel.read(ByteBuffer.wrap(target, offset, wanted), position);
    if (count > 0) {
      position += count;
    }
    return count;
  }
}
