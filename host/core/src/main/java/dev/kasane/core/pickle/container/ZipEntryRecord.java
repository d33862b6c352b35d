package dev.kasane.core.pickle.container;

import dev.kasane.core.pickle.values.MalformedPickle;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One record of a zip archive's central directory.
 *
 * @param name entry name
 * @param flags general purpose flags
 * @param method 0 stored, 8 deflated
 * @param storedLength bytes in the archive
 * @param length bytes of content
 * @param localOffset where the entry's local header is
 */
record ZipEntryRecord(String name, int flags, int method, long storedLength, long length, long localOffset) {
  private static final int SIGNATURE = 0x02014b50;
  private static final int FIXED_BYTES = 42;
  private static final long IN_EXTRA_FIELD = 0xffff_ffffL;
  private static final int ZIP64_FIELD = 1;

  boolean encrypted() {
    return (flags & 1) != 0;
  }

  boolean stored() {
    return method == 0;
  }

  boolean deflated() {
    return method == 8;
  }

  /** Reads the record at the buffer's position and moves after it. */
  static ZipEntryRecord parse(ByteBuffer directory) throws MalformedPickle {
    try {
      if (directory.getInt() != SIGNATURE) {
        throw new MalformedPickle("is a zip archive with a damaged directory; fetch it again");
      }
      return parseFields(directory.slice().order(ByteOrder.LITTLE_ENDIAN), directory);
    } catch (BufferUnderflowException | IndexOutOfBoundsException cut) {
      throw new MalformedPickle("is a zip archive whose directory is cut off; fetch it again", cut);
    }
  }

  /** Offsets count from after the signature. */
  private static ZipEntryRecord parseFields(ByteBuffer record, ByteBuffer directory) {
    byte[] name = new byte[Short.toUnsignedInt(record.getShort(24))];
    int extraLength = Short.toUnsignedInt(record.getShort(26));
    int commentLength = Short.toUnsignedInt(record.getShort(28));
    record.get(FIXED_BYTES, name);
    ByteBuffer extra = zip64(record.slice(FIXED_BYTES + name.length, extraLength));
    long length = wide(record.getInt(20), extra);
    long storedLength = wide(record.getInt(16), extra);
    long localOffset = wide(record.getInt(38), extra);
    directory.position(Objects.checkIndex(directory.position() + FIXED_BYTES + name.length + extraLength
        + commentLength, directory.limit() + 1));
    return new ZipEntryRecord(new String(name, StandardCharsets.UTF_8),
        Short.toUnsignedInt(record.getShort(4)), Short.toUnsignedInt(record.getShort(6)),
        storedLength, length, localOffset);
  }

  private static long wide(int value, ByteBuffer extra) {
    long narrow = Integer.toUnsignedLong(value);
    return narrow == IN_EXTRA_FIELD && extra.remaining() >= Long.BYTES ? extra.getLong() : narrow;
  }

  /** The 64-bit values among the extra fields, or nothing. */
  private static ByteBuffer zip64(ByteBuffer extra) {
    extra.order(ByteOrder.LITTLE_ENDIAN);
    while (extra.remaining() >= 4) {
      int field = Short.toUnsignedInt(extra.getShort());
      int length = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
      if (field == ZIP64_FIELD) {
        return extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      }
      extra.position(extra.position() + length);
    }
    return ByteBuffer.allocate(0);
  }
}
