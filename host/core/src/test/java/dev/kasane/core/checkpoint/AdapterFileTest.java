package dev.kasane.core.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdapterFileTest {
  @TempDir
  Path folder;
  private NDManager scope;

  @BeforeEach
  void open() {
    scope = Engines.newManager();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F16", "BF16", "F32", "F64"})
  void namesTensorsWithValuesThatAreNoNumbers(DType type) throws IOException {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      try (AdapterFile file = AdapterFile.open(file("bad", type, 1, bad, 2))) {
        assertThatThrownBy(() -> file.read("bad", scope)).isInstanceOf(FileFault.class)
            .hasMessageContaining("'bad'").hasMessageContaining("1 of 3").hasMessageContaining("given");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F16", "BF16", "F32", "F64"})
  void copiesOutliveTheFileInTheirOwnType(DType type) throws IOException {
    Path path = file("sound", type, 1, -2, 0.5f);
    NDArray read;
    try (AdapterFile file = AdapterFile.open(path)) {
      read = file.read("sound", scope);
      assertThat(file.number("one", scope)).isEqualTo(4);
    }
    Files.write(path, new byte[0]);
    assertThat(OPS.cast(read, DataType.FLOAT32).toFloatArray()).containsExactly(1, -2, 0.5f);
    assertThat(read.getShape()).isEqualTo(new Shape(3));
  }

  @Test
  void sumsBeyondTheTypeAreNoFault() throws IOException {
    try (AdapterFile file = AdapterFile.open(file("large", DType.F16, 65504, 65504, 65504))) {
      assertThat(file.read("large", scope).size()).isEqualTo(3);
    }
  }

  @Test
  void emptyTensorsAreRefusedWithTheirCause() throws IOException {
    assertThatThrownBy(() -> AdapterFile.open(file("empty", DType.F32))).isInstanceOf(FileFault.class)
        .hasMessageContainingAll("1 of 2 tensors are empty", "'empty' of shape (0)", "ZeRO-3", "gathered");
  }

  @Test
  void partsAreReadThroughTheirIndex() throws IOException {
    Path given = file("a", DType.F32, 1, 2);
    Path first = Files.move(given, folder.resolve("given-00001-of-00002.safetensors"));
    Path second = folder.resolve("given-00002-of-00002.safetensors");
    Path index = folder.resolve("given.safetensors.index.json");
    assertThatThrownBy(() -> TensorSources.whole(first)).isInstanceOf(UserException.class)
        .hasMessageContainingAll("one of 2 parts", "given.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"" + first.getFileName() + "\", \"b\": \""
        + second.getFileName() + "\"}}");
    assertThatThrownBy(() -> AdapterFile.open(index)).isInstanceOf(FileFault.class)
        .hasMessageContainingAll("incomplete", "given-00002-of-00002.safetensors");
    Files.move(file("b", DType.BF16, 3), second);
    assertThat(TensorSources.whole(first)).isEqualTo(index);
    assertThat(TensorSources.whole(given)).isEqualTo(given);
    assertThat(TensorSources.parts(index)).containsExactly(first, second);
    try (AdapterFile file = AdapterFile.open(index)) {
      assertThat(file.keys()).containsExactlyInAnyOrder("a", "b");
      assertThat(file.read("b", scope).getShape()).isEqualTo(new Shape(1));
    }
    Path copy = folder.resolve("copy.safetensors");
    KeyRepair.copy(index, Map.of("b", "c"), copy);
    try (AdapterFile file = AdapterFile.open(copy)) {
      assertThat(file.keys()).containsExactlyInAnyOrder("a", "c");
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> AdapterFile.open(folder.resolve("none"))).isInstanceOf(FileFault.class)
        .hasMessageContaining("none");
  }

  @Test
  void repairsCopyEveryBit() throws IOException {
    Path given = file("old", DType.BF16, 1, 2, 3);
    Path copy = folder.resolve("copy.safetensors");
    KeyRepair.copy(given, Map.of("old", "new", "absent", "x"), copy);
    try (SafetensorsFile before = SafetensorsFile.open(given); SafetensorsFile after = SafetensorsFile.open(copy)) {
      assertThat(after.tensors()).containsOnlyKeys("new", "one");
      assertThat(after.map("new")).isEqualTo(before.map("old"));
      assertThat(after.metadata()).isEqualTo(before.metadata());
    }
    assertThatThrownBy(() -> KeyRepair.copy(given, Map.of("old", "one"), copy))
        .isInstanceOf(UserException.class).hasMessageContaining("would both become 'one'");
  }

  private Path file(String key, DType type, float... values) throws IOException {
    Path file = folder.resolve("given.safetensors");
    SafetensorsWriter.write(file, List.of(
        TensorDeclaration.ofFloats(key, type, new long[] {values.length}, values),
        TensorDeclaration.ofFloats("one", type, new long[] {1}, new float[] {4})), Map.of("note", "kept"));
    return file;
  }
}
