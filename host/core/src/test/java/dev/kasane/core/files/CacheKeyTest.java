package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheKeyTest {
  @TempDir private Path folder;

  /** The first value is the published test vector of FIPS 180-2. */
  @Test
  void aContentHashIsTheSha256OfTheBytes() throws IOException {
    Path abc = Files.writeString(folder.resolve("abc"), "abc");
    assertThat(ContentHash.of(abc))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    byte[] bytes = new byte[200_000];
    new Random(1).nextBytes(bytes);
    Path one = Files.write(folder.resolve("one"), bytes);
    bytes[199_999]++;
    Path other = Files.write(folder.resolve("other"), bytes);
    assertThat(ContentHash.of(one)).isNotEqualTo(ContentHash.of(other));
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> ContentHash.of(folder.resolve("none")))
        .withMessageContaining("none");
  }

  @Test
  void differentPartsNeverRunTogether() {
    assertThat(new CacheKey("vae").text("ab").text("c").hex())
        .matches("[0-9a-f]{64}")
        .isEqualTo(new CacheKey("vae").text("ab").text("c").hex())
        .isNotEqualTo(new CacheKey("vae").text("a").text("bc").hex())
        .isNotEqualTo(new CacheKey("vae").text("abc").hex());
    assertThat(new CacheKey("a").number(1).hex()).isNotEqualTo(new CacheKey("a").text("1").hex());
  }

  @Test
  void aKeyMayBeExtendedAfterUse() {
    CacheKey key = new CacheKey("a").number(1);
    String before = key.hex();
    assertThat(key.hex()).isEqualTo(before);
    assertThat(key.number(2).hex()).isNotEqualTo(before);
  }
}
