package dev.kasane.core.files;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Names a file by its bytes, wherever it lies and whatever it is called. */
public final class ContentHash {
  private static final int BUFFER = 1 << 16;

  private ContentHash() {}

  /**
   * SHA-256 of a file's bytes as 64 lower-case hexadecimal digits; reads the file piece by piece.
   *
   * @throws UserException if the file cannot be read
   */
  public static String of(Path file) {
    MessageDigest digest = Digests.sha256();
    try (InputStream in = InputFile.stream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + FileFaults.reason(e)
          + ". Check that it exists and that you may read it.", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
