package dev.kasane.core.pickle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rewrites a small zip archive as one whose directory needs the 64-bit fields throughout. */
final class Zip64 {
  private static final int END_BYTES = 22;
  private static final int RECORD_BYTES = 46;

  private Zip64() {
  }

  static int int32(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }

  static byte[] convert(byte[] archive) {
    ByteBuffer old = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int end = archive.length - END_BYTES;
    int directory = old.getInt(end + 16);
    int count = Short.toUnsignedInt(old.getShort(end + 10));
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    result.write(archive, 0, directory);
    int position = directory;
    for (int i = 0; i < count; i++) {
      position = convertRecord(old, position, result);
    }
    int newEnd = result.size();
    ByteBuffer tail = ByteBuffer.allocate(56 + 20 + END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    tail.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0)
        .putLong(count).putLong(count).putLong(newEnd - directory).putLong(directory);
    tail.putInt(0x07064b50).putInt(0).putLong(newEnd).putInt(1);
    tail.putInt(0x06054b50).putShort((short) 0).putShort((short) 0).putShort((short) -1).putShort((short) -1)
        .putInt(-1).putInt(-1).putShort((short) 0);
    result.writeBytes(tail.array());
    return result.toByteArray();
  }

  private static int convertRecord(ByteBuffer old, int position, ByteArrayOutputStream result) {
    int nameLength = old.getShort(position + 28);
    int extraLength = old.getShort(position + 30);
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES + nameLength + 28).order(ByteOrder.LITTLE_ENDIAN);
    record.put(old.array(), position, RECORD_BYTES + nameLength);
    record.putShort((short) 1).putShort((short) 24);
    record.putLong(old.getInt(position + 24)).putLong(old.getInt(position + 20));
    record.putLong(old.getInt(position + 42));
    record.putInt(20, -1).putInt(24, -1).putInt(42, -1).putShort(30, (short) 28).putShort(32, (short) 0);
    result.writeBytes(record.array());
    return position + RECORD_BYTES + nameLength + extraLength + old.getShort(position + 32);
  }
}
