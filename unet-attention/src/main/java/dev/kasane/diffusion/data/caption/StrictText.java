package dev.kasane.diffusion.data.caption;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads UTF-8 text and refuses everything else, so that no caption is trained on as question marks. */
final class StrictText {
  private StrictText() {}

  /**
   * The file's text without a byte-order mark.
   *
   * @param limit the most bytes that the file may have
   * @throws UserException if the file cannot be read, is longer or is no UTF-8; names the byte position
   */
  static String read(Path file, int limit) {
    byte[] bytes;
    try (InputStream in = InputFile.stream(file)) {
      bytes = in.readNBytes(limit + 1);
    } catch (IOException e) {
      throw new FileFault(file, "cannot be read (" + FileFaults.reason(e) + "); check its permissions", e);
    }
    if (bytes.length > limit) {
      throw new FileFault(file, "is longer than " + limit + " bytes, too long for captions;"
          + " shorten it");
    }
    return decode(file, bytes);
  }

  private static String decode(Path file, byte[] bytes) {
    refuseSixteenBits(file, bytes);
    Utf8.firstFault(bytes).ifPresent(at -> {
      throw wrong(file, String.format("byte 0x%02x at position %d is no UTF-8", bytes[at], at));
    });
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\0') >= 0) {
      throw wrong(file, "a zero byte stands at position " + firstZero(bytes) + ", as UTF-16 would have it");
    }
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static void refuseSixteenBits(Path file, byte[] bytes) {
    if (bytes.length >= 2) {
      int mark = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
      if (mark == 0xfeff || mark == 0xfffe) {
        throw wrong(file, "the bytes at position 0 are the mark of UTF-16");
      }
    }
  }

  private static int firstZero(byte[] bytes) {
    int at = 0;
    while (bytes[at] != 0) {
      at++;
    }
    return at;
  }

  private static UserException wrong(Path file, String found) {
    return new FileFault(file, "captions must be UTF-8 text, but " + found
        + ". Save the file again with the encoding UTF-8.");
  }
}
