package dev.kasane.core.files;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Joins everything that a cached result depends on into one file name: 64 hexadecimal digits.
 *
 * <p>Each part goes in with its length before it, so that no two different lists of parts run together into
 * the same bytes ({@code "ab", "c"} and {@code "a", "bc"} give different keys).
 */
public final class CacheKey {
  private final MessageDigest digest = Digests.sha256();

  /**
   * @param purpose what is cached and in which version, for example {@code "vae-latents-1"}
   */
  public CacheKey(String purpose) {
    text(purpose);
  }

  /** Adds a text. */
  public CacheKey text(String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(5).put((byte) 't').putInt(bytes.length).array());
    digest.update(bytes);
    return this;
  }

  /** Adds a whole number. */
  public CacheKey number(long part) {
    digest.update(ByteBuffer.allocate(9).put((byte) 'n').putLong(part).array());
    return this;
  }

  /** The key of all parts given so far; the key may be extended afterwards. */
  public String hex() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this Java platform cannot be copied", e);
    }
  }
}
