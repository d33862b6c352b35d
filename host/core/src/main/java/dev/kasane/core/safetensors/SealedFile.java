package dev.kasane.core.safetensors;

import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.FileWindow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Safetensors files that notice when one of their bytes has changed, for files that a later process trusts.
 *
 * <p>The seal is the checksum (CRC-32C) of the whole file, length and header included, taken with zeros in its own
 * place; it stands in the header's metadata under {@code crc32c} as eight hexadecimal digits. It is against
 * accidents: whoever can write the file can seal it anew.
 */
public final class SealedFile {
  private static final String KEY = "crc32c";
  private static final String OPEN = "00000000";
  /** As it stands in the header. No value can hold these bytes, whose quotes would be escaped in it. */
  private static final byte[] MARK = ("\"" + KEY + "\":\"").getBytes(StandardCharsets.UTF_8);
  private static final int PIECE_BYTES = 1 << 20;

  private SealedFile() {}

  /**
   * Writes a sealed file, as {@link SafetensorsWriter#write} writes others.
   *
   * @param target file to write or replace
   * @param tensors in any order, with different names; each is asked for its bytes twice
   * @param metadata text pairs beside the seal
   * @throws FileFault as {@link SafetensorsWriter#write}
   */
  public static void write(Path target, Collection<TensorDeclaration> tensors, Map<String, String> metadata) {
    Map<String, String> sealed = new TreeMap<>(metadata);
    sealed.put(KEY, OPEN);
    try {
      sealed.put(KEY, hex(checksum(target, SafetensorsWriter.inFileOrder(tensors), new TreeMap<>(sealed))));
    } catch (IOException failure) {
      throw new FileFault(target, "could not be written: " + FileFaults.reason(failure)
          + "; nothing was changed", failure);
    }
    SafetensorsWriter.write(target, tensors, sealed);
  }

  private static CRC32C checksum(Path target, List<TensorDeclaration> ordered, TreeMap<String, String> metadata)
      throws IOException {
    byte[] header = HeaderWriter.encode(ordered, metadata);
    CRC32C sum = new CRC32C();
    sum.update(ByteBuffer.allocate(HeaderReader.PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length).flip());
    sum.update(header);
    for (TensorDeclaration tensor : ordered) {
      new TensorChannel(target, sum::update, tensor).fill();
    }
    return sum;
  }

  /**
   * Reads a whole file and compares it with its seal.
   *
   * @throws FileFault when it has none, any byte differs from what was written, or it cannot be read
   */
  public static void check(SafetensorsFile file) {
    String seal = file.metadata().get(KEY);
    if (seal == null) {
      throw new FileFault(file.path(), "has no checksum: an older version of Kasane wrote it, or another"
          + " program");
    }
    try {
      String found = hex(checksum(file));
      if (!found.equals(seal)) {
        throw new FileFault(file.path(), "is damaged: its bytes have the checksum " + found + ", and "
            + VisibleText.quote(seal) + " was written into it");
      }
    } catch (IOException failure) {
      throw FileFault.of(file.path(), "cannot be read", failure);
    }
  }

  private static CRC32C checksum(SafetensorsFile file) throws IOException {
    FileChannel channel = file.channel();
    ByteBuffer head = ByteBuffer.allocate(Math.toIntExact(file.dataStart()));
    fill(file, channel, head, 0);
    head.put(sealAt(head.array()), OPEN.getBytes(StandardCharsets.UTF_8), 0, OPEN.length());
    CRC32C sum = new CRC32C();
    sum.update(head);
    long size = channel.size();
    ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(PIECE_BYTES, size - file.dataStart()));
    for (long at = file.dataStart(); at < size; at += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), size - at));
      fill(file, channel, piece, at);
      sum.update(piece);
    }
    return sum;
  }

  private static void fill(SafetensorsFile file, FileChannel channel, ByteBuffer target, long at) throws IOException {
    if (!FileWindow.fill(channel, target, at)) {
      throw new FileFault(file.path(), "has shrunk since it was opened");
    }
    target.flip();
  }

  /** Where the digits begin; a header whose seal is spelt otherwise than ours has none that could agree. */
  private static int sealAt(byte[] head) {
    int last = head.length - MARK.length - OPEN.length();
    for (int at = 0; at <= last; at++) {
      if (startsAt(head, at)) {
        return at + MARK.length;
      }
    }
    return 0;
  }

  private static boolean startsAt(byte[] head, int at) {
    for (int i = 0; i < MARK.length; i++) {
      if (head[at + i] != MARK[i]) {
        return false;
      }
    }
    return true;
  }

  private static String hex(CRC32C sum) {
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }
}
