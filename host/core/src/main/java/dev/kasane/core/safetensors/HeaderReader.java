package dev.kasane.core.safetensors;

import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileWindow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Finds the header of a file, after checking its announced length against the file's. */
final class HeaderReader {
  /** Longest header accepted, in bytes: the limit of the reference implementation. */
  static final int MAX_HEADER_BYTES = 100_000_000;
  /** Bytes of the length in front of the header. */
  static final int PREFIX_BYTES = 8;

  private final Path path;
  private final FileChannel channel;

  HeaderReader(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  SafetensorsHeader read() {
    try {
      long fileSize = channel.size();
      byte[] head = readAt(0, (int) Math.min(FileDiagnosis.SAMPLE_BYTES, fileSize));
      int headerLength = checkedHeaderLength(head, fileSize);
      byte[] json = readAt(PREFIX_BYTES, headerLength);
      long dataStart = (long) PREFIX_BYTES + headerLength;
      HeaderParser parsed = new HeaderParser(path, json);
      parsed.parse();
      LayoutCheck check = new LayoutCheck(path, dataStart, fileSize - dataStart);
      return new SafetensorsHeader(check.place(parsed.tensors()), parsed.metadata(),
          parsed.foreignMetadata(), dataStart);
    } catch (IOException failure) {
      throw FileFault.of(path, "cannot be read", failure);
    }
  }

  private int checkedHeaderLength(byte[] head, long fileSize) {
    if (fileSize < PREFIX_BYTES) {
      throw notSafetensors(head, "has only " + fileSize + " bytes, too few for a safetensors file, whose"
          + " first " + PREFIX_BYTES + " are the length of its header; copy or download it again");
    }
    long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    boolean begins = head.length > PREFIX_BYTES && head[PREFIX_BYTES] == '{';
    String announced = "announces a header of " + Long.toUnsignedString(length) + " bytes";
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw notSafetensors(head, announced + ", above the limit of " + MAX_HEADER_BYTES
          + "; it is not a safetensors file or is damaged");
    }
    if (!begins || length < 2) {
      throw notSafetensors(head, "is not a safetensors file: no JSON header begins at byte 8");
    }
    if (length > fileSize - PREFIX_BYTES) {
      throw new FileFault(path, announced + " but has only " + fileSize
          + " bytes in all; the download is incomplete");
    }
    return (int) length;
  }

  private FileFault notSafetensors(byte[] head, String otherwise) {
    return new FileFault(path, FileDiagnosis.describe(head).orElse(otherwise));
  }

  private byte[] readAt(long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    if (!FileWindow.fill(channel, buffer, position)) {
      throw new FileFault(path, "ended at byte " + (position + buffer.position())
          + " while it was being read; it is still being written or was cut");
    }
    return buffer.array();
  }
}
