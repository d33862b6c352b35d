package dev.kasane.core.pickle.container;

/**
 * Where a file keeps one entry or storage.
 *
 * @param offset first byte in the file
 * @param storedLength bytes it takes in the file
 * @param length bytes of content; differs from {@code storedLength} only where deflated
 * @param deflated whether the content is compressed
 */
public record FileRegion(long offset, long storedLength, long length, boolean deflated) {
  static FileRegion plain(long offset, long length) {
    return new FileRegion(offset, length, length, false);
  }
}
