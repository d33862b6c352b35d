package dev.kasane.diffusion.picture;

import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file in memory that loses patience with a decoder that goes on reading after its end.
 *
 * <p>The WebP decoder takes missing bits for zeros. A damaged file of 300 bytes that announces thousands of
 * code tables kept it busy for half a minute that way; sound files touch the end a few times only.
 */
final class ExhaustibleStream extends ImageInputStreamImpl {
  private static final int PATIENCE = 10_000;

  private final byte[] bytes;
  private int readsBehindEnd;

  ExhaustibleStream(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    bitOffset = 0;
    if (streamPos >= bytes.length) {
      return end();
    }
    return bytes[(int) streamPos++] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      return end();
    }
    int count = (int) Math.min(length, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, buffer, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return bytes.length;
  }

  private int end() throws IIOException {
    if (++readsBehindEnd > PATIENCE) {
      throw new IIOException("the file ends too early");
    }
    return -1;
  }
}
