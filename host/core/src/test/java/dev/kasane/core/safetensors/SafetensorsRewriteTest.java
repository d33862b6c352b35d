package dev.kasane.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsRewriteTest {
  @TempDir
  private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("a.safetensors");
    SafetensorsWriter.write(file, List.of(
        TensorDeclaration.ofFloats("one", DType.F32, new long[] {2}, new float[] {1, 2}),
        TensorDeclaration.ofFloats("two", DType.F16, new long[] {3}, new float[] {3, 4, 5}),
        TensorDeclaration.ofFloats("none", DType.F16, new long[] {0}, new float[0])), Map.of("key", "value"));
  }

  private void rewrite(Path target, List<TensorDeclaration> computed, Map<String, String> metadata)
      throws IOException {
    try (SafetensorsFile source = SafetensorsFile.open(file)) {
      new SafetensorsRewrite(source, computed).write(target, () -> metadata, 2);
    }
  }

  @Test
  void replacesSomeAndCopiesTheRest() throws IOException {
    Path target = folder.resolve("b.safetensors");
    rewrite(target, List.of(floats("two", DType.F16, 6, 7, 8)), Map.of("a", "b"));
    try (SafetensorsFile after = SafetensorsFile.open(target)) {
      assertThat(after.readFloats("one")).containsExactly(1, 2);
      assertThat(after.readFloats("two")).containsExactly(6, 7, 8);
      assertThat(after.readFloats("none")).isEmpty();
      assertThat(after.metadata()).isEqualTo(Map.of("a", "b"));
    }
  }

  private static TensorDeclaration floats(String name, DType type, float... values) {
    return TensorDeclaration.ofFloats(name, type, new long[] {values.length}, values);
  }

  @Test
  void othersMayBeLongerAndMoreMayFollow() throws IOException {
    Path target = folder.resolve("b.safetensors");
    rewrite(target, List.of(floats("four", DType.F16, 1), floats("one", DType.F32, 6, 7, 8, 9),
        floats("three", DType.F32, 2, 1)), Map.of());
    try (SafetensorsFile after = SafetensorsFile.open(target)) {
      assertThat(after.tensors().keySet()).containsOnly("one", "two", "none", "four", "three");
      assertThat(after.readFloats("one")).containsExactly(6, 7, 8, 9);
      assertThat(after.readFloats("two")).containsExactly(3, 4, 5);
      assertThat(after.readFloats("four")).containsExactly(1);
      assertThat(after.readFloats("three")).containsExactly(2, 1);
    }
  }

  @Test
  void aFileCanReplaceItself() throws IOException {
    rewrite(file, List.of(floats("one", DType.F32, 9, 9)), Map.of());
    try (SafetensorsFile after = SafetensorsFile.open(file)) {
      assertThat(after.readFloats("one")).containsExactly(9, 9);
      assertThat(after.readFloats("two")).containsExactly(3, 4, 5);
    }
  }

  @Test
  void metadataMayBeKnownLate() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    try (SafetensorsFile source = SafetensorsFile.open(file)) {
      new SafetensorsRewrite(source, List.of()).write(folder.resolve("b"),
          () -> Map.of("said", "x".repeat(asked.getAndIncrement() < 1 ? 1 : 900)), 1);
    }
    try (SafetensorsFile after = SafetensorsFile.open(folder.resolve("b"))) {
      assertThat(after.metadata().get("said")).hasSize(900);
      assertThat(after.readFloats("two")).containsExactly(3, 4, 5);
    }
  }

  @Test
  void wrongLengthsLeaveNothingBehind() throws IOException {
    for (int bytes : new int[] {3, 30}) {
      assertThatThrownBy(() -> rewrite(folder.resolve("b"),
          List.of(new TensorDeclaration("one", DType.F32, new long[] {2},
              channel -> channel.write(ByteBuffer.allocate(bytes)))), Map.of()))
          .isInstanceOf(FileFault.class).hasMessageContaining("one");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
