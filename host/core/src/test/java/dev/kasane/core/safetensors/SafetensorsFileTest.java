package dev.kasane.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
  @TempDir
  Path folder;

  @Test
  void readsWhatTheReferenceWrote() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(Goldens.file("plain.safetensors"))) {
      assertThat(file.tensors().keySet()).containsExactly("a", "b");
      assertThat(file.metadata()).isEmpty();
      TensorEntry b = file.tensors().get("b");
      assertThat(b.dtype()).isEqualTo(DType.F32);
      assertThat(b.shape()).containsExactly(2, 3);
      assertThat(b.elementCount()).isEqualTo(6);
      assertThat(b.end()).isEqualTo(Files.size(file.path()));
      assertThat(file.readFloats("b")).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(file.map("a").getLong(0)).isEqualTo(-1);
    }
  }

  @Test
  void convertsEveryTypeToFloatAsTheReferenceDoes() throws IOException {
    Map<String, String> expected = Goldens.pairs("every-type.txt");
    try (SafetensorsFile file = SafetensorsFile.open(Goldens.file("every-type.safetensors"))) {
      assertThat(file.metadata()).containsExactly(entry("format", "pt"));
      assertThat(file.tensors()).hasSize(DType.values().length).containsOnlyKeys(expected.keySet());
      for (DType dtype : DType.values()) {
        String name = "tensor." + dtype.name().toLowerCase(Locale.ROOT);
        assertThat(file.tensors().get(name).dtype()).isEqualTo(dtype);
        int[] bits = Arrays.stream(expected.get(name).split(" ")).mapToInt(Integer::parseInt).toArray();
        float[] values = file.readFloats(name);
        for (int i = 0; i < bits.length; i++) {
          assertThat(values[i]).as("%s[%d]", name, i).isEqualTo(Float.intBitsToFloat(bits[i]));
        }
      }
    }
  }

  @Test
  void listsTensorsInTheOrderOfTheirBytes() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(Goldens.file("every-type.safetensors"))) {
      assertThat(file.tensors().values()).extracting(TensorEntry::dtype).containsExactly(DType.values());
    }
  }

  @Test
  void readsDataAtAnOddAddress() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(Goldens.file("unaligned.safetensors"))) {
      assertThat(file.dataStart() % 2).isOne();
      assertThat(file.readFloats("w")).containsExactly(1.5f, -2.25f);
      assertThat(file.map("w").asFloatBuffer().get(1)).isEqualTo(-2.25f);
    }
  }

  @Test
  void mapsReadOnlyLittleEndianWindowsThatOutliveTheFile() throws IOException {
    SafetensorsFile file = SafetensorsFile.open(Goldens.file("plain.safetensors"));
    ByteBuffer window = file.map("b", 4, 8);
    file.close();
    assertThat(window.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(window.isDirect()).isTrue();
    assertThat(window.isReadOnly()).isTrue();
    assertThat(window.remaining()).isEqualTo(8);
    assertThat(window.getFloat(0)).isEqualTo(1);
    assertThatThrownBy(() -> file.map("b")).isInstanceOf(FileFault.class)
        .hasMessageContaining("closed");
  }

  @Test
  void refusesWindowsOutsideTheTensorAndUnknownNames() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(Goldens.file("plain.safetensors"))) {
      for (long[] window : new long[][] {{-1, 2}, {0, 25}, {24, 1}, {0, -1}, {Long.MAX_VALUE, 8}}) {
        assertThatThrownBy(() -> file.map("b", window[0], window[1]))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      assertThat(file.map("b", 24, 0).remaining()).isZero();
      assertThatThrownBy(() -> file.map("c")).isInstanceOf(FileFault.class)
          .hasMessageContaining("plain.safetensors").hasMessageContaining("no tensor 'c'");
    }
  }

  @Test
  void aTensorBeyondTwoGigabytesIsMappedInWindowsOnly() throws IOException {
    long length = 1L << 32;
    Path path = folder.resolve("large.safetensors");
    byte[] head = Goldens.assemble(
        "{\"w\":{\"dtype\":\"U8\",\"shape\":[" + length + "],\"data_offsets\":[0," + length + "]}}", 0);
    Files.write(path, head);
    try (FileChannel sparse = FileChannel.open(path, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[] {42}), head.length + length - 1);
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThatThrownBy(() -> file.map("w")).isInstanceOf(FileFault.class)
          .hasMessageContaining("windows");
      assertThat(file.map("w", length - 4, 4).get(3)).isEqualTo((byte) 42);
    }
  }

  @Test
  void noticesThatTheFileShrank() throws IOException {
    Path path = Goldens.write(folder.resolve("w.safetensors"), Goldens.bytes("plain.safetensors"));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      try (FileChannel cut = FileChannel.open(path, StandardOpenOption.WRITE)) {
        cut.truncate(Files.size(path) - 1);
      }
      assertThatThrownBy(() -> file.map("b")).isInstanceOf(FileFault.class)
          .hasMessageContaining("shrunk");
    }
  }
}
