package dev.kasane.diffusion.picture;

import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells from a file's first bytes what it is, in words for an error message. */
final class FileSignature {
  private static final int LOOKED_AT = 64;
  private static final Map<String, String> STARTS = starts();

  private FileSignature() {}

  /** What the file looks like, for example {@code "a PNG picture"} or {@code "an empty file"}. */
  static String describe(Path file) throws IOException {
    byte[] head;
    try (InputStream in = InputFile.stream(file)) {
      head = in.readNBytes(LOOKED_AT);
    }
    if (head.length == 0) {
      return "an empty file";
    }
    String letters = new String(head, StandardCharsets.ISO_8859_1);
    for (Map.Entry<String, String> start : STARTS.entrySet()) {
      if (letters.startsWith(start.getKey())) {
        return start.getValue();
      }
    }
    return withoutStart(head, letters);
  }

  private static String withoutStart(byte[] head, String letters) {
    if (letters.startsWith("RIFF") && letters.startsWith("WEBP", 8)) {
      return "a WebP picture";
    }
    if (letters.startsWith("ftyp", 4) && letters.length() >= 12) {
      return "an ISO media file of brand '" + letters.substring(8, 12).strip()
          + "' (HEIC and AVIF pictures and MP4 films are such files; they cannot be read)";
    }
    if (letters.chars().allMatch(c -> c == 0)) {
      return "a file of zero bytes only";
    }
    if (letters.chars().allMatch(c -> c >= 32 && c < 127 || c == '\n' || c == '\r' || c == '\t')) {
      return "plain text";
    }
    byte[] shown = Arrays.copyOf(head, Math.min(head.length, 8));
    return "an unknown format (first bytes " + HexFormat.ofDelimiter(" ").formatHex(shown) + ")";
  }

  private static Map<String, String> starts() {
    Map<String, String> starts = new LinkedHashMap<>();
    starts.put("\u0089PNG", "a PNG picture");
    starts.put("\u00ff\u00d8\u00ff", "a JPEG picture");
    starts.put("GIF8", "a GIF picture");
    starts.put("II*\0", "a TIFF picture");
    starts.put("MM\0*", "a TIFF picture");
    starts.put("8BPS", "a Photoshop document");
    starts.put("BM", "a BMP picture");
    starts.put("\u00ff\n", "a JPEG XL picture, which cannot be read");
    starts.put("\0\0\0\fJXL ", "a JPEG XL picture, which cannot be read");
    starts.put("\0\0\0\fjP  ", "a JPEG 2000 picture, which cannot be read");
    starts.put("PK\u0003\u0004", "a ZIP archive");
    starts.put("%PDF", "a PDF document");
    starts.put("<?xml", "an XML text");
    starts.put("<svg", "an SVG drawing, which cannot be read");
    starts.put("<!DOCTYPE", "a web page");
    starts.put("<html", "a web page");
    starts.put("version https://git-lfs", "a Git LFS pointer (fetch the file itself with 'git lfs pull')");
    return starts;
  }
}
