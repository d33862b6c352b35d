package dev.kasane.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedFileTest {
  // The run says what a seal looks like; only the real one counts.
  private static final Map<String, String> METADATA = Map.of("step", "7", "a run", "\"crc32c\":\"00000000");

  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("sealed.safetensors");
    SealedFile.write(file, List.of(
        TensorDeclaration.ofFloats("weight", DType.F32, new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6}),
        TensorDeclaration.ofFloats("half", DType.F16, new long[] {3}, new float[] {-1, 0, 1}),
        TensorDeclaration.ofFloats("none", DType.F32, new long[] {0}, new float[0])), METADATA);
  }

  private void check() throws IOException {
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      SealedFile.check(open);
    }
  }

  @Test
  void whatWasWrittenIsIntactAndAnOrdinaryFile() throws IOException {
    check();
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.metadata()).containsAllEntriesOf(METADATA);
      assertThat(open.readFloats("weight")).containsExactly(1, 2, 3, 4, 5, 6);
    }
  }

  @Test
  void equalContentGivesEqualBytes() throws IOException {
    byte[] first = Files.readAllBytes(file);
    write();
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  @Test
  void everyBitOfTheFileCounts() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << bit);
        Files.write(file, flipped);
        assertThatThrownBy(this::check).as("bit %d of byte %d", bit, at).isInstanceOf(FileFault.class)
            .hasMessageContaining(file.toString());
      }
    }
  }

  @Test
  void anotherSpellingOfTheSameContentCountsAsDamage() throws IOException {
    SealedFile.write(file, List.of(), Map.of());
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes[bytes.length - 1]).as("the padding of the header").isEqualTo((byte) ' ');
    bytes[bytes.length - 1] = '\n';
    Files.write(file, bytes);
    assertThatCode(() -> SafetensorsFile.open(file).close()).doesNotThrowAnyException();
    assertThatThrownBy(this::check).hasMessageContaining("is damaged");
  }

  @Test
  void everyOtherLengthIsNoticed() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length + 20; length++) {
      if (length != bytes.length) {
        Files.write(file, Arrays.copyOf(bytes, length));
        assertThatThrownBy(this::check).as("%d bytes", length).isInstanceOf(FileFault.class);
      }
    }
  }

  @Test
  void aFileWithoutASealIsRefused() throws IOException {
    SafetensorsWriter.write(file, List.of(), METADATA);
    assertThatThrownBy(this::check).isInstanceOf(FileFault.class).hasMessageContaining("has no checksum");
  }

  @Test
  void tensorsBeyondOnePieceAreCovered() throws IOException {
    float[] many = new float[700_000];
    SealedFile.write(file, List.of(TensorDeclaration.ofFloats("many", DType.F32, new long[] {many.length}, many)),
        Map.of());
    check();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(this::check).hasMessageContaining("is damaged");
  }
}
