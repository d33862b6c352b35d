package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;

/** Refuses lines that are longer than any example of a conversation, before they fill the memory. */
final class LongLines extends FilterReader {
  private static final long LONGEST = 64L << 20;

  private final Path file;
  private long line = 1;
  private long length;

  /** @param file the file that is read, for messages */
  LongLines(Reader in, Path file) {
    super(in);
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    char[] one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(char[] buffer, int from, int most) throws IOException {
    int count = super.read(buffer, from, most);
    for (int i = from; i < from + count; i++) {
      length = buffer[i] == '\n' ? 0 : length + 1;
      line += buffer[i] == '\n' ? 1 : 0;
      if (length > LONGEST) {
        throw new UserException(file + ", line " + line + " has more than " + LONGEST
            + " characters. Put one record in a line.");
      }
    }
    return count;
  }
}
