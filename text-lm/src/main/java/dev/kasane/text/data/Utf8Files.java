package dev.kasane.text.data;

import dev.kasane.core.UserException;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.Utf8;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;

/** Opens files of UTF-8 text, and says where one is not; readers notice it only somewhere later. */
public final class Utf8Files {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Utf8Files() {}

  /** A reader that throws {@link CharacterCodingException} and leaves out the byte order mark. */
  static BufferedReader open(Path file) throws IOException {
    return withoutMark(decoded(file));
  }

  /** The same for a file of one record a line: it throws {@link UserException} at a line that is too long. */
  static BufferedReader openLines(Path file) throws IOException {
    return withoutMark(new BufferedReader(new LongLines(decoded(file), file)));
  }

  private static BufferedReader decoded(Path file) throws IOException {
    return new BufferedReader(Utf8.reader(InputFile.stream(file)));
  }

  private static BufferedReader withoutMark(BufferedReader in) throws IOException {
    try {
      in.mark(1);
      if (in.read() != BYTE_ORDER_MARK) {
        in.reset();
      }
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * The whole text of a file without its byte order mark.
   *
   * @throws CharacterCodingException when it is not UTF-8
   * @throws IOException when it cannot be read
   */
  public static String read(Path file) throws IOException {
    try (BufferedReader in = open(file)) {
      StringWriter text = new StringWriter();
      in.transferTo(text);
      return text.toString();
    }
  }

  /**
   * The text that bytes are, without its byte order mark.
   *
   * @throws CharacterCodingException when it is not UTF-8
   */
  public static String decode(byte[] bytes) throws CharacterCodingException {
    String text = Utf8.decode(bytes);
    return text.indexOf(BYTE_ORDER_MARK) == 0 ? text.substring(1) : text;
  }

  /**
   * The refusal of a file that could not be decoded.
   *
   * @param cause what the reader threw
   * @throws IOException when the file cannot be read a second time
   */
  static UserException refusal(Path file, CharacterCodingException cause) throws IOException {
    return new UserException(file + ", line " + firstLine(file) + " is not UTF-8 text"
        + (isUtf16(file) ? " but UTF-16" : "") + ". Save the file as UTF-8.", cause);
  }

  private static boolean isUtf16(Path file) throws IOException {
    try (InputStream in = InputFile.stream(file)) {
      int mark = in.read() << Byte.SIZE | in.read();
      return mark == BYTE_ORDER_MARK || mark == Character.reverseBytes(BYTE_ORDER_MARK);
    }
  }

  private static long firstLine(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(InputFile.stream(file))) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long number = 1;
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != '\n') {
          line.write(next);
        } else if (Utf8.firstFault(line.toByteArray()).isEmpty()) {
          line.reset();
          number++;
        } else {
          break;
        }
      }
      return number;
    }
  }
}
