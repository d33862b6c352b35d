package dev.kasane.core.pickle.container;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.values.MalformedPickle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds the entries of a zip archive and where their bytes lie, which {@code java.util.zip} does not tell.
 * Reads the central directory only, with its 64-bit extension (APPNOTE 6.3, sections 4.3 and 4.5).
 */
final class ZipDirectory {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int LOCATOR64_SIGNATURE = 0x07064b50;
  private static final int LOCATOR64_BYTES = 20;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  /** About a hundred thousand entries. */
  private static final int MAX_DIRECTORY_BYTES = 16 << 20;

  private final FileChannel channel;
  private final long fileSize;

  ZipDirectory(FileChannel channel) throws IOException {
    this.channel = channel;
    this.fileSize = channel.size();
  }

  /** All entries by name, in directory order. */
  Map<String, FileRegion> read() throws IOException, MalformedPickle {
    ByteBuffer directory = locate();
    Map<String, FileRegion> entries = new LinkedHashMap<>();
    while (directory.hasRemaining()) {
      ZipEntryRecord entry = ZipEntryRecord.parse(directory);
      if (entries.putIfAbsent(entry.name(), region(entry)) != null) {
        throw new MalformedPickle("holds two zip entries named " + VisibleText.shortened(entry.name())
            + "; the file is damaged or hostile");
      }
    }
    return entries;
  }

  private ByteBuffer locate() throws IOException, MalformedPickle {
    int tailLength = (int) Math.min(fileSize, END_BYTES + LONGEST_COMMENT);
    ByteBuffer tail = FileBytes.read(channel, fileSize - tailLength, tailLength);
    for (int i = tailLength - END_BYTES; i >= 0; i--) {
      boolean endsFile = tail.getInt(i) == END_SIGNATURE
          && i + END_BYTES + Short.toUnsignedInt(tail.getShort(i + 20)) == tailLength;
      if (endsFile) {
        return readDirectory(tail, i, fileSize - tailLength + i);
      }
    }
    throw new MalformedPickle("is a zip archive without its end; the download is incomplete, fetch it again");
  }

  private ByteBuffer readDirectory(ByteBuffer tail, int end, long endOffset)
      throws IOException, MalformedPickle {
    long size = Integer.toUnsignedLong(tail.getInt(end + 12));
    long offset = Integer.toUnsignedLong(tail.getInt(end + 16));
    long locatorOffset = endOffset - LOCATOR64_BYTES;
    if (locatorOffset >= 0) {
      ByteBuffer locator = FileBytes.read(channel, locatorOffset, LOCATOR64_BYTES);
      if (locator.getInt(0) == LOCATOR64_SIGNATURE) {
        ByteBuffer end64 = FileBytes.read(channel, locator.getLong(8), END64_BYTES);
        require(end64.getInt(0) == END64_SIGNATURE, "a 64-bit directory that is not where it should be");
        size = end64.getLong(40);
        offset = end64.getLong(48);
      }
    }
    require(size >= 0 && offset >= 0 && size <= endOffset && offset <= endOffset - size,
        "a directory outside the file");
    require(size <= MAX_DIRECTORY_BYTES, "a directory of " + size + " bytes, far beyond any real checkpoint");
    return FileBytes.read(channel, offset, (int) size);
  }

  private FileRegion region(ZipEntryRecord entry) throws IOException, MalformedPickle {
    String what = "the entry " + VisibleText.shortened(entry.name());
    require(!entry.encrypted(), what + " encrypted with a password; unpack the archive first");
    require(entry.stored() || entry.deflated(), what + " packed by an unknown method; pack it again, stored");
    ByteBuffer local = FileBytes.read(channel, entry.localOffset(), LOCAL_BYTES);
    require(local.getInt(0) == LOCAL_SIGNATURE, what + " that is not where the directory says");
    long data = entry.localOffset() + LOCAL_BYTES
        + Short.toUnsignedInt(local.getShort(26)) + Short.toUnsignedInt(local.getShort(28));
    require(entry.storedLength() >= 0 && data <= fileSize - entry.storedLength(), what + " beyond its end");
    require(entry.deflated() || entry.storedLength() == entry.length(), what + " with two different lengths");
    return new FileRegion(data, entry.storedLength(), entry.length(), entry.deflated());
  }

  private static void require(boolean condition, String otherwise) throws MalformedPickle {
    if (!condition) {
      throw new MalformedPickle("is a zip archive with " + otherwise);
    }
  }
}
