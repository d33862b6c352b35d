package dev.kasane.diffusion.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Hides the colour profile of a picture file from its decoder. A profile that is damaged does not damage the picture,
 * but decoders refuse both.
 */
final class EmbeddedProfile {
  private static final byte HIDDEN = 'X';
  private static final int APP2 = 0xffe2;
  private static final int START_OF_SCAN = 0xffda;
  private static final int WEBP_HAS_PROFILE = 0x20;
  private static final int TIFF_PROFILE = 34675;
  private static final int TIFF_ENTRY_BYTES = 12;

  private EmbeddedProfile() {}

  /**
   * The same file with its profile hidden, if it has one.
   *
   * @param file the bytes of a whole file; profiles of JPEG, WebP and TIFF are found
   */
  static Optional<byte[]> hiddenIn(byte[] file) {
    byte[] copy = file.clone();
    boolean tiff = startsAt(file, 0, "II*\0") || startsAt(file, 0, "MM\0*");
    boolean found = startsAt(file, 0, "\u00ff\u00d8") ? inJpeg(copy)
        : startsAt(file, 8, "WEBP") ? inWebp(copy) : tiff && inTiff(copy);
    return found ? Optional.of(copy) : Optional.empty();
  }

  /** Segments of application 2 that bear the profile's name, up to where the pixels begin (ICC.1, annex B.4). */
  private static boolean inJpeg(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file);
    boolean found = false;
    int at = 2;
    while (at + 4 <= file.length) {
      int marker = in.getShort(at) & 0xffff;
      int length = in.getShort(at + 2) & 0xffff;
      if (marker == START_OF_SCAN || marker < 0xff01) {
        break;
      }
      if (marker == APP2 && startsAt(file, at + 4, "ICC_PROFILE\0")) {
        file[at + 4] = HIDDEN;
        found = true;
      }
      at += 2 + length;
    }
    return found;
  }

  /** The chunk ICCP, and the flag that announces it (WebP container specification). */
  private static boolean inWebp(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    boolean found = false;
    long at = 12;
    while (at + 8 <= file.length) {
      int begin = (int) at;
      if (startsAt(file, begin, "ICCP")) {
        file[begin] = HIDDEN;
        found = true;
      } else if (startsAt(file, begin, "VP8X") && begin + 8 < file.length) {
        file[begin + 8] &= (byte) ~WEBP_HAS_PROFILE;
      }
      long length = Integer.toUnsignedLong(in.getInt(begin + 4));
      at += 8 + length + (length & 1);
    }
    return found;
  }

  /** Tag 34675 of the first folder becomes the one before it, which means nothing (TIFF 6.0, section 2). */
  private static boolean inTiff(byte[] file) {
    if (file.length < 8) {
      return false;
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int folder = in.getInt(4);
    if (folder < 8 || folder > file.length - 2) {
      return false;
    }
    int entries = in.getShort(folder) & 0xffff;
    for (int i = 0; i < entries && folder + 2 + (i + 1) * TIFF_ENTRY_BYTES <= file.length; i++) {
      int entry = folder + 2 + i * TIFF_ENTRY_BYTES;
      if ((in.getShort(entry) & 0xffff) == TIFF_PROFILE) {
        in.putShort(entry, (short) (TIFF_PROFILE - 1));
        return true;
      }
    }
    return false;
  }

  private static boolean startsAt(byte[] file, int at, String wanted) {
    byte[] bytes = wanted.getBytes(StandardCharsets.ISO_8859_1);
    return at + bytes.length <= file.length
        && Arrays.equals(file, at, at + bytes.length, bytes, 0, bytes.length);
  }
}
