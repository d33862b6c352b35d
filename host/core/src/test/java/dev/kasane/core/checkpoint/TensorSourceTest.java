package dev.kasane.core.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.pickle.TorchCheckpoint;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorSourceTest {
  private static final Set<DType> WITHOUT_ENGINE_TYPE = Set.of(DType.U16, DType.U32, DType.U64);

  private static final float[] ONE_TO_SIX = {1, 2, 3, 4, 5, 6};

  @TempDir
  Path folder;

  /** Files that the reference libraries wrote; their readers are tested beside them. */
  private static Path golden(String name) throws URISyntaxException {
    return Path.of(TorchCheckpoint.class.getResource("/dev/kasane/core/" + name).toURI());
  }

  @ParameterizedTest
  @ValueSource(strings = {"every-type", "unaligned", "plain"})
  void readsEveryTypeOfSafetensorsAtAnyAlignment(String name) throws Exception {
    Path path = golden("safetensors/" + name + ".safetensors");
    try (NDManager owner = Engines.newManager(); SafetensorsFile file = SafetensorsFile.open(path);
        TensorSource source = TensorSources.open(path)) {
      assertThat(source.names()).isEqualTo(file.tensors().keySet()).isNotEmpty();
      for (String tensor : source.names()) {
        if (WITHOUT_ENGINE_TYPE.contains(source.dtype(tensor))) {
          assertThatThrownBy(() -> source.read(tensor, owner)).isInstanceOf(UserException.class)
              .hasMessageContaining(tensor).hasMessageContaining(path.toString());
        } else {
          NDArray array = source.read(tensor, owner);
          assertThat(array.getShape()).isEqualTo(source.shape(tensor))
              .isEqualTo(new Shape(file.tensors().get(tensor).shape()));
          assertThat(floats(array)).containsExactly(file.readFloats(tensor));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensors.pt", "tensors-legacy.pt", "tensors-protocol-4.pt", "deflated.pt",
      "lightning.ckpt"})
  void readsPickledCheckpoints(String name) throws Exception {
    Path path = golden("pickle/" + name);
    try (NDManager owner = Engines.newManager(); TorchCheckpoint checkpoint = TorchCheckpoint.open(path);
        TensorSource source = TensorSources.open(path)) {
      assertThat(source.names()).isEqualTo(checkpoint.stateDict().keySet());
      for (String tensor : source.names()) {
        if (!WITHOUT_ENGINE_TYPE.contains(source.dtype(tensor))) {
          NDArray array = source.read(tensor, owner);
          assertThat(array.getShape()).isEqualTo(source.shape(tensor));
          assertThat(floats(array))
              .containsExactly(checkpoint.readFloats(checkpoint.stateDict().get(tensor)));
        }
      }
      assertThat(source.origin(source.names().iterator().next())).isEqualTo(path.toString());
    }
  }

  @Test
  void tellsFilesApartByContent() throws Exception {
    Path pickled = Files.copy(golden("pickle/small.pt"), folder.resolve("really-a-pickle.safetensors"));
    Path plain = Files.copy(golden("safetensors/plain.safetensors"),
        folder.resolve("really-safetensors.ckpt"));
    try (TensorSource first = TensorSources.open(pickled); TensorSource second = TensorSources.open(plain)) {
      assertThat(first).isInstanceOf(PickleSource.class);
      assertThat(second).isInstanceOf(SafetensorsSource.class);
    }
  }

  @Test
  void showsWhatWasSavedBesideTheTensors() throws Exception {
    try (TensorSource source = TensorSources.open(golden("pickle/lightning.ckpt"))) {
      assertThat(source.metadata()).containsKey("global_step");
    }
  }

  @Test
  void tensorsOutliveTheirSource() throws Exception {
    Path path = write("a.safetensors", floats("a", 1000));
    try (NDManager owner = Engines.newManager()) {
      NDArray array;
      NDArray view;
      try (TensorSource source = TensorSources.open(path)) {
        array = source.read("a", owner);
        view = source.read("a", owner).reshape(10, 100);
      }
      Files.delete(path);
      System.gc();
      assertThat(array.toFloatArray()).containsExactly(view.toFloatArray()).contains(999f);
    }
  }

  @Test
  void joinsShards() throws IOException {
    write("part-1.safetensors", floats("a", 3), floats("b", 2));
    write("part-2.safetensors", floats("c", 4));
    Path index = index("{\"a\": \"part-1.safetensors\", \"c\": \"part-2.safetensors\"}");
    try (NDManager owner = Engines.newManager(); TensorSource source = TensorSources.open(index)) {
      assertThat(source.names()).containsExactly("a", "c");
      assertThat(source.read("c", owner).toFloatArray()).containsExactly(0, 1, 2, 3);
      assertThat(source.origin("c")).endsWith("part-2.safetensors");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{\"a\": \"absent.safetensors\"}", "{\"missing\": \"part-1.safetensors\"}",
      "{\"a\": \"../part-1.safetensors\"}", "{\"a\": 3}", "{}", "[1]", "{\"a\": "})
  void refusesABadIndex(String weightMap) throws IOException {
    write("part-1.safetensors", floats("a", 3));
    Path index = index(weightMap);
    assertThatThrownBy(() -> TensorSources.open(index)).isInstanceOf(UserException.class)
        .hasMessageContaining(index.toString());
  }

  @Test
  void renamesAndChangesForms() throws IOException {
    Path path = write("a.safetensors",
        TensorDeclaration.ofFloats("conv", DType.BF16, new long[] {2, 3, 1, 1}, ONE_TO_SIX),
        TensorDeclaration.ofFloats("fused", DType.F32, new long[] {6, 1}, ONE_TO_SIX));
    try (NDManager owner = Engines.newManager(); TensorSource source = TensorSources.open(path)) {
      TensorSource renamed = new RenamedSource(source, Map.of(
          "linear", new RenamedSource.Stored("conv", new TensorTransform.PointwiseAxes(2)),
          "turned", new RenamedSource.Stored("fused", new TensorTransform.Transpose()),
          "middle", new RenamedSource.Stored("fused", new TensorTransform.RowPart(1, 3)),
          "same", RenamedSource.Stored.as("fused")));
      expect(renamed, "linear", owner, new Shape(2, 3), 1, 2, 3, 4, 5, 6);
      expect(renamed, "turned", owner, new Shape(1, 6), 1, 2, 3, 4, 5, 6);
      expect(renamed, "middle", owner, new Shape(2, 1), 3, 4);
      expect(renamed, "same", owner, new Shape(6, 1), 1, 2, 3, 4, 5, 6);
      assertThat(renamed.dtype("linear")).isEqualTo(DType.BF16);
      assertThatThrownBy(() -> renamed.shape("conv")).isInstanceOf(UserException.class);
      assertThatThrownBy(() -> new RenamedSource(source, Map.of("x", RenamedSource.Stored.as("y"))))
          .isInstanceOf(UserException.class).hasMessageContaining("'y'");
    }
  }

  private static void expect(TensorSource source, String name, NDManager owner, Shape shape,
      float... values) {
    assertThat(source.shape(name)).isEqualTo(shape);
    NDArray array = source.read(name, owner);
    assertThat(array.getShape()).isEqualTo(shape);
    assertThat(floats(array)).containsExactly(values);
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "float16", "bfloat16"})
  void savesAnySource(String precision) throws Exception {
    Path path = write("a.safetensors", floats("a", 12), floats("b", 1), floats("none", 0),
        new TensorDeclaration("ids", DType.I64, new long[] {2},
            channel -> channel.write(ByteBuffer.allocate(16))));
    Path saved = folder.resolve("saved.safetensors");
    ElementType stored = ElementType.named(precision);
    try (TensorSource source = TensorSources.open(path)) {
      WeightWriter.write(saved, source, stored);
    }
    try (NDManager owner = Engines.newManager(); TensorSource source = TensorSources.open(saved)) {
      assertThat(source.dtype("a")).isEqualTo(stored.stored());
      assertThat(source.dtype("ids")).isEqualTo(DType.I64);
      assertThat(source.shape("none")).isEqualTo(new Shape(0));
      assertThat(floats(source.read("a", owner))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      assertThat(source.metadata()).containsEntry("format", "pt");
    }
  }

  @Test
  void namesTheMissingFileAndTheTruncatedOne() throws Exception {
    assertThatThrownBy(() -> TensorSources.open(folder.resolve("nothing.safetensors")))
        .isInstanceOf(UserException.class).hasMessageContaining("nothing.safetensors");
    byte[] whole = Files.readAllBytes(golden("pickle/small.pt"));
    Path cut = Files.write(folder.resolve("cut.ckpt"), Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> TensorSources.open(cut)).isInstanceOf(UserException.class)
        .hasMessageContaining("cut.ckpt");
  }

  private Path index(String weightMap) throws IOException {
    return Files.writeString(folder.resolve("model.safetensors.index.json"),
        "{\"metadata\": {\"total_size\": 1}, \"weight_map\": " + weightMap + "}");
  }

  private Path write(String name, TensorDeclaration... tensors) throws IOException {
    Path file = folder.resolve(name);
    SafetensorsWriter.write(file, List.of(tensors), Map.of());
    return file;
  }

  /** 0, 1, 2, …. */
  private static TensorDeclaration floats(String name, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return TensorDeclaration.ofFloats(name, DType.F32, new long[] {count}, values);
  }

  private static float[] floats(NDArray array) {
    return OPS.cast(array, DataType.FLOAT32).toFloatArray();
  }
}
