package dev.kasane.diffusion.checkpoint;

import dev.kasane.core.UserException;
import dev.kasane.core.files.ContentHash;
import dev.kasane.core.files.Digests;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** Fingerprints of base models, as adapter files record them in their metadata. */
final class BaseFingerprint {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int LEGACY_OFFSET = 0x100000;
  private static final int LEGACY_BYTES = 0x10000;
  private static final int LEGACY_DIGITS = 8;

  private BaseFingerprint() {}

  /**
   * SHA-256 over several files of a folder: of the lines {@code <sha256 of the file>  <path in the folder>},
   * sorted by path, as {@code sha256sum} prints them.
   */
  static String sha256(Path folder, List<Path> files) {
    StringBuilder lines = new StringBuilder();
    files.stream().sorted().forEach(file -> lines.append(ContentHash.of(file)).append("  ")
        .append(folder.relativize(file).toString().replace('\\', '/')).append('\n'));
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Digests.sha256().digest(bytes));
  }

  /**
   * The fingerprint of early stable-diffusion-webui versions: the first 8 digits of the SHA-256 of the 64
   * KiB that begin at 1 MiB, fewer where the file ends before.
   */
  static String legacy(Path file) {
    try (RandomAccessFile in = new RandomAccessFile(InputFile.require(file).toFile(), "r")) {
      long length = Math.max(0, Math.min(LEGACY_BYTES, in.length() - LEGACY_OFFSET));
      byte[] bytes = new byte[(int) length];
      in.seek(LEGACY_OFFSET);
      in.readFully(bytes);
      return HexFormat.of().formatHex(Digests.sha256().digest(bytes)).substring(0, LEGACY_DIGITS);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static UserException unreadable(Path file, IOException e) {
    return new UserException(file + " cannot be read: " + e + ".", e);
  }
}
