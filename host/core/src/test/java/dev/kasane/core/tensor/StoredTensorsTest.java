package dev.kasane.core.tensor;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredTensorsTest {
  @TempDir
  private Path folder;

  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  private Path write(TensorDeclaration tensor) throws IOException {
    Path file = folder.resolve("tensors.safetensors");
    SafetensorsWriter.write(file, List.of(tensor), Map.of());
    return file;
  }

  private NDArray read(Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      return StoredTensors.read(file, "x", scope);
    }
  }

  @ParameterizedTest
  @EnumSource(value = DataType.class, names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16", "INT64", "INT32", "UINT8"})
  void comesBackInItsOwnType(DataType type) throws IOException {
    NDArray tensor = OPS.cast(scope.create(new float[] {0, 1, 3, 96}, new Shape(2, 2)), type);
    NDArray back = read(write(StoredTensors.declare("x", tensor)));
    assertThat(Ops.typeOf(back)).isEqualTo(type);
    assertThat(back.getShape()).isEqualTo(new Shape(2, 2));
    assertThat(OPS.cast(back, DataType.FLOAT32).toFloatArray()).containsExactly(0, 1, 3, 96);
  }

  @Test
  void isCastWhenItIsWritten() throws IOException {
    NDArray tensor = scope.create(new float[] {1.00048828125f, -65504, 1e-9f});
    NDArray back = read(write(StoredTensors.declare("x", tensor, ElementType.FLOAT16)));
    assertThat(OPS.cast(back, DataType.FLOAT32).toFloatArray()).containsExactly(1f, -65504, 0);
  }

  @Test
  void refusesNumbersThatTheTypeCannotHold() {
    NDArray tensor = scope.create(new float[] {1, 70000});
    assertThatThrownBy(() -> write(StoredTensors.declare("x", tensor, ElementType.FLOAT16)))
        .isInstanceOf(FileFault.class).hasMessageContaining("x").hasMessageContaining("too large")
        .hasMessageContaining("float32");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void copiesIntoALiveTensorOfTheSameShapeAndTypeOnly() throws IOException {
    Path path = write(StoredTensors.declare("x", scope.create(new float[] {1, 2})));
    NDArray live = scope.zeros(new Shape(2));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      StoredTensors.copyInto(file, "x", live);
      assertThat(live.toFloatArray()).containsExactly(1, 2);
      for (NDArray wrong : List.of(scope.zeros(new Shape(3)), scope.zeros(new Shape(2), DataType.INT32))) {
        assertThatThrownBy(() -> StoredTensors.copyInto(file, "x", wrong))
            .isInstanceOf(FileFault.class).hasMessageContaining("expected x");
      }
      assertThatThrownBy(() -> StoredTensors.copyInto(file, "y", live))
          .isInstanceOf(FileFault.class).hasMessageContaining("no tensor y");
    }
  }
}
