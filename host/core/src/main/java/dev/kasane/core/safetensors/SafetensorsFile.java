package dev.kasane.core.safetensors;

import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileWindow;
import dev.kasane.core.files.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * An open safetensors file. Opening reads and checks the header alone; tensor bytes are mapped on request
 * and stay valid after {@link #close}. Instances may be used from several threads.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final OpenFile file;
  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;

  private SafetensorsFile(OpenFile file) {
    this.file = file;
    this.path = file.path();
    this.channel = file.channel();
    this.header = new HeaderReader(path, channel).read();
  }

  /**
   * Opens a file and checks its whole header.
   *
   * @throws FileFault if the file is missing, unreadable, truncated or not a valid safetensors
   *     file; the message says which, and what the file is where its content tells
   */
  public static SafetensorsFile open(Path path) {
    return OpenFile.open(path, "safetensors file", SafetensorsFile::new);
  }

  /** The file this was opened from. */
  public Path path() {
    return path;
  }

  /** All tensors by name, in the order of their bytes in the file. Unmodifiable. */
  public Map<String, TensorEntry> tensors() {
    return header.tensors();
  }

  /**
   * Names of the metadata that are no text, which the format does not allow and some tools write all the same: their
   * {@link #metadata} are the JSON that stands there. Unmodifiable.
   */
  public Set<String> foreignMetadata() {
    return header.foreignMetadata();
  }

  /** The text pairs under {@code __metadata__}, in file order; empty where there are none. Unmodifiable. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** Offset of the first byte after the header; everything from here to the end of the file is tensors. */
  public long dataStart() {
    return header.dataStart();
  }

  /**
   * The bytes of one tensor, mapped into memory: direct, read-only, little-endian, possibly unaligned.
   *
   * @throws FileFault if there is no such tensor, it is larger than 2^31 - 1 bytes (use
   *     {@link #map(String, long, long)}), or the file has shrunk since it was opened
   */
  public ByteBuffer map(String name) {
    TensorEntry entry = entry(name);
    if (entry.byteLength() > Integer.MAX_VALUE) {
      throw new FileFault(path, "tensor " + VisibleText.quote(name) + " has " + entry.byteLength()
          + " bytes, more than one buffer holds; map it in windows of at most " + Integer.MAX_VALUE
          + " bytes");
    }
    return map(name, 0, entry.byteLength());
  }

  /**
   * A window of one tensor's bytes, mapped as in {@link #map(String)}.
   *
   * @param offset first byte of the window, counted from the start of the tensor
   * @param length bytes in the window, at most 2^31 - 1
   * @throws FileFault as {@link #map(String)}
   * @throws IndexOutOfBoundsException if the window does not lie within the tensor
   */
  public ByteBuffer map(String name, long offset, long length) {
    TensorEntry entry = entry(name);
    if (offset < 0 || length < 0 || length > Integer.MAX_VALUE || offset > entry.byteLength() - length) {
      throw new IndexOutOfBoundsException(
          "window of " + length + " bytes at " + offset + " in a tensor of " + entry.byteLength() + " bytes");
    }
    try {
      if (channel.size() < entry.end()) {
        throw new FileFault(path, "has shrunk to " + channel.size() + " bytes since it was opened;"
            + " tensor " + VisibleText.quote(name) + " ends at byte " + entry.end());
      }
      return FileWindow.of(channel, entry.begin() + offset, length, header.tensors().size())
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException failure) {
      throw FileFault.of(path, "tensor " + VisibleText.quote(name) + " cannot be mapped", failure);
    }
  }

  /**
   * The elements of one tensor as floats, converted as {@link TensorValues#toFloats} does. For small uses:
   * it copies everything.
   *
   * @throws FileFault as {@link #map(String)}
   */
  public float[] readFloats(String name) {
    return TensorValues.toFloats(map(name), entry(name).dtype());
  }

  private TensorEntry entry(String name) {
    TensorEntry entry = header.tensors().get(name);
    if (entry == null) {
      throw new FileFault(path, "has no tensor " + VisibleText.quote(name) + " among its "
          + header.tensors().size());
    }
    return entry;
  }

  /**
   * Reads one tensor's bytes without mapping them: what is read this way does not count as memory of this
   * process afterwards.
   *
   * @param target takes {@code byteLength()} bytes from its position on
   * @throws FileFault as {@link #map(String)}
   */
  public void read(String name, ByteBuffer target) {
    TensorEntry entry = entry(name);
    ByteBuffer window = target.slice().limit(Math.toIntExact(entry.byteLength()));
    try {
      if (!FileWindow.fill(channel, window, entry.begin())) {
        throw new FileFault(path, "has shrunk since it was opened; tensor " + VisibleText.quote(name)
            + " ends at byte " + entry.end());
      }
    } catch (IOException failure) {
      throw FileFault.of(path, "tensor " + VisibleText.quote(name) + " cannot be read", failure);
    }
  }

  FileChannel channel() {
    return channel;
  }

  /** Closes the file. Buffers already mapped stay valid. */
  @Override
  public void close() {
    file.close();
  }
}
