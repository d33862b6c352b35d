package dev.kasane.app.inspect;

/**
 * How much of a file is read beside its header.
 *
 * @param hashes whether its hashes are computed; null means: unless it is large
 * @param values whether its values are searched for NaN and infinities; null means: unless it is large
 */
public record Depth(Boolean hashes, Boolean values) {
  /** Files above this many bytes are large: 256 MiB, which takes about a second to read and hash. */
  public static final long LARGE = 256L << 20;

  /** Everything for small files, the header alone for large ones. */
  public static final Depth BY_SIZE = new Depth(null, null);
  /** The header alone. */
  public static final Depth HEADER = new Depth(false, false);
  /** Everything. */
  public static final Depth FULL = new Depth(true, true);

  boolean hashes(long bytes) {
    return hashes == null ? bytes <= LARGE : hashes;
  }

  boolean values(long bytes) {
    return values == null ? bytes <= LARGE : values;
  }
}
