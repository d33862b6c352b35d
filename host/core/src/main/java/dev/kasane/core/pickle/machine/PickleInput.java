package dev.kasane.core.pickle.machine;

import dev.kasane.core.files.Utf8;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickleBudget;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;

/** The bytes of one or several pickles in a row, with every length checked before anything is allocated. */
public final class PickleInput {
  private final InputStream stream;
  private final long length;
  private final PickleBudget budget;
  private long position;

  /**
   * Reads {@code length} bytes of {@code stream}; a stream that ends before them is a truncated file.
   */
  public PickleInput(InputStream stream, long length, PickleBudget budget) {
    this.stream = stream;
    this.length = length;
    this.budget = budget;
  }

  /** Bytes read so far. */
  public long position() {
    return position;
  }

  PickleBudget budget() {
    return budget;
  }

  int readByte() throws IOException, MalformedPickle {
    int value = position < length ? stream.read() : -1;
    if (value < 0) {
      throw new MalformedPickle("ends in the middle of the pickle; the download is incomplete");
    }
    position++;
    return value;
  }

  /** A little-endian unsigned number of 2 or 4 bytes. */
  long readUnsigned(int bytes) throws IOException, MalformedPickle {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) readByte() << 8 * i;
    }
    return value;
  }

  /** A little-endian number of 8 bytes; negative where the unsigned one is larger than any length can be. */
  long readLong() throws IOException, MalformedPickle {
    return littleEndian(readBytes(Long.BYTES)).getLong();
  }

  int readInt() throws IOException, MalformedPickle {
    return littleEndian(readBytes(Integer.BYTES)).getInt();
  }

  double readBigEndianDouble() throws IOException, MalformedPickle {
    return ByteBuffer.wrap(readBytes(Double.BYTES)).getDouble();
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  byte[] readBytes(long count) throws IOException, MalformedPickle {
    if (count < 0 || count > length - position) {
      throw new MalformedPickle("ends before a value of " + Long.toUnsignedString(count)
          + " bytes does; the file is truncated or damaged");
    }
    if (count > PickleBudget.MAX_STRING_BYTES) {
      throw new MalformedPickle("holds a text or byte string of " + count + " bytes, above the limit of "
          + PickleBudget.MAX_STRING_BYTES);
    }
    budget.chargeBytes(count);
    byte[] bytes = stream.readNBytes((int) count);
    position += bytes.length;
    if (bytes.length < count) {
      throw new MalformedPickle("ends in the middle of the pickle; the download is incomplete");
    }
    return bytes;
  }

  String readUtf8(long count) throws IOException, MalformedPickle {
    return decodeUtf8(readBytes(count));
  }

  /** Text up to the next line feed, one byte a character, the line feed consumed and left out. */
  String readLine(int longest) throws IOException, MalformedPickle {
    StringBuilder line = new StringBuilder();
    for (int next = readByte(); next != '\n'; next = readByte()) {
      if (line.length() == longest) {
        throw new MalformedPickle("holds a line of more than " + longest
            + " characters; the file is damaged");
      }
      line.append((char) next);
    }
    budget.chargeBytes(line.length());
    return line.toString();
  }

  static String decodeUtf8(byte[] bytes) throws MalformedPickle {
    try {
      return Utf8.decode(bytes);
    } catch (CharacterCodingException malformed) {
      throw new MalformedPickle("holds text that is not valid UTF-8; the file is damaged", malformed);
    }
  }
}
