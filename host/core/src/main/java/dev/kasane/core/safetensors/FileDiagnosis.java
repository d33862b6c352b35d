package dev.kasane.core.safetensors;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Says what a file that is not of the format its name promises really is, judging by its first bytes. */
public final class FileDiagnosis {
  /** How many leading bytes {@link #describe} looks at, at most. */
  public static final int SAMPLE_BYTES = 512;

  private static final String WRONG_NAME = "; rename it after what it is";

  private FileDiagnosis() {}

  /**
   * A clause such as "is a zip archive, …" that completes "the file …" and ends with what to do.
   *
   * @param head the first bytes of the file, all of them if it is short
   * @return nothing where the content is of no kind known here
   */
  public static Optional<String> describe(byte[] head) {
    if (head.length == 0) {
      return Optional.of("is empty (0 bytes); download or copy it again");
    }
    return describeText(head).or(() -> describeBinary(head));
  }

  private static Optional<String> describeText(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1).stripLeading().toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs")) {
      return Optional.of("is a Git LFS pointer, a short text that stands for the real file; run 'git lfs"
          + " pull' in the repository it came from, or download the file itself");
    }
    if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
      return Optional.of("is a web page, most likely an error or log-in page saved in place of the download;"
          + " download the file again");
    }
    if (text.startsWith("{")) {
      return Optional.of("is JSON text without the eight-byte length in front; an index or configuration file"
          + " is not the weights");
    }
    return Optional.empty();
  }

  private static Optional<String> describeBinary(byte[] head) {
    if (startsWith(head, 'P', 'K', 3, 4)) {
      return Optional.of("is a zip archive, most likely a PyTorch checkpoint (.pt, .bin, .ckpt)"
          + WRONG_NAME);
    }
    if (head.length > 1 && (head[0] & 0xff) == 0x80 && head[1] >= 1 && head[1] <= 5) {
      return Optional.of("is a Python pickle, most likely a PyTorch checkpoint (.pt, .bin, .ckpt)"
          + WRONG_NAME);
    }
    if (startsWith(head, 'G', 'G', 'U', 'F')) {
      return Optional.of("is a GGUF model (llama.cpp), which Kasane does not read;"
          + " get the safetensors edition");
    }
    if (startsWith(head, 0x89, 'H', 'D', 'F')) {
      return Optional.of("is an HDF5 file (Keras), which Kasane does not read; get the safetensors edition");
    }
    if (startsWith(head, 0x1f, 0x8b)) {
      return Optional.of("is compressed with gzip; unpack it first");
    }
    if (head.length > 262 && new String(head, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
      return Optional.of("is a tar archive; unpack it first");
    }
    if (isZero(head)) {
      return Optional.of("begins with nothing but zeros, like a download that reserved its space and stopped;"
          + " download it again");
    }
    return Optional.empty();
  }

  private static boolean startsWith(byte[] head, int... expected) {
    if (head.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((head[i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(byte[] head) {
    for (byte value : head) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
