package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says where a file is not UTF-8; readers notice it only somewhere behind. */
final class Utf8Faults {
  private Utf8Faults() {}

  /**
   * The refusal of a file that could not be decoded.
   *
   * @param cause what the reader threw
   * @throws IOException when the file cannot be read a second time
   */
  static UserException refusal(Path file, CharacterCodingException cause) throws IOException {
    return new UserException(file + ", line " + firstLine(file) + " is not UTF-8 text. Save the file as UTF-8.", cause);
  }

  private static long firstLine(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long number = 1;
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != '\n') {
          line.write(next);
        } else if (isText(line)) {
          line.reset();
          number++;
        } else {
          break;
        }
      }
      return number;
    }
  }

  private static boolean isText(ByteArrayOutputStream line) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray()));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
