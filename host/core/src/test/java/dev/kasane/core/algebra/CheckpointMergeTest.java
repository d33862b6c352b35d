package dev.kasane.core.algebra;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.merge.CheckpointMerge;
import dev.kasane.core.algebra.merge.MergeOptions;
import dev.kasane.core.checkpoint.TensorTransform;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointMergeTest {
  private final NDManager scope = Engines.newManager();

  @TempDir
  private Path folder;
  private Path file;
  private AdapterModel adapter;

  @AfterEach
  void close() {
    scope.close();
  }

  @BeforeEach
  void adapters() {
    file = folder.resolve("base.safetensors");
    adapter = Adapters.model(
        Adapters.linear("to_q", 6, 8, 2, 1, scope), Adapters.linear("to_k", 6, 8, 3, 6, scope),
        Adapters.convolution("conv", 5, 4, 2, 2, scope), Adapters.linear("proj", 4, 4, 2, 2, scope),
        Adapters.linear("turned", 7, 3, 2, 2, scope));
  }

  /** A fused query and key, a 3×3 and a 1×1 convolution, a transposed matrix, and what no adapter changes. */
  private CheckpointLayers base(DataType type) throws IOException {
    List<TensorDeclaration> tensors = new ArrayList<>();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("fused.weight", new Shape(12, 8));
    shapes.put("conv.weight", new Shape(5, 4, 3, 3));
    shapes.put("proj.weight", new Shape(4, 4, 1, 1));
    shapes.put("turned.weight", new Shape(3, 7));
    shapes.put("bias", new Shape(12));
    shapes.put("conv.bias", new Shape(5));
    shapes.put("norm.weight", new Shape(4));
    shapes.put("norm.bias", new Shape(4));
    shapes.forEach((name, shape) -> tensors.add(
        StoredTensors.declare(name, OPS.cast(Ops.randomNormal(scope, shape), type))));
    tensors.add(StoredTensors.declare("ids", scope.arange(9)));
    SafetensorsWriter.write(file, tensors, Map.of("origin", "test"));
    return layers(file);
  }

  private static CheckpointLayers layers(Path file) {
    Map<String, WeightPlace> unet = new LinkedHashMap<>();
    unet.put("to_q", new WeightPlace(file, "fused.weight", new TensorTransform.RowPart(0, 2)));
    unet.put("to_k", new WeightPlace(file, "fused.weight", new TensorTransform.RowPart(1, 2)));
    unet.put("conv", WeightPlace.of(file, "conv.weight"));
    unet.put("proj", new WeightPlace(file, "proj.weight", new TensorTransform.PointwiseAxes(2)));
    unet.put("turned", new WeightPlace(file, "turned.weight", new TensorTransform.Transpose()));
    unet.put("norm", WeightPlace.of(file, "norm.weight"));
    return new CheckpointLayers(file, Map.of("unet", unet),
        Map.of("unet", Map.of("conv", WeightPlace.of(file, "conv.bias"), "norm", WeightPlace.of(file, "norm.bias"))),
        Optional.empty());
  }

  private CheckpointMerge.Result merge(CheckpointLayers base, double weight, boolean subtract, Path out) {
    return new CheckpointMerge(base, List.of(Adapters.part("a.safetensors", adapter, weight)), List.of(),
        new MergeOptions(subtract, true)).write(Map.of(base.root(), out), Map.of("said", "so"),
            AlgebraProgress.SILENT);
  }

  @ParameterizedTest
  @EnumSource(value = DataType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void addsEveryUpdateInTheStoredLayoutAndType(DataType type) throws IOException {
    Path out = folder.resolve("merged.safetensors");
    try (CheckpointLayers base = base(type); CheckpointLayers merged = layers(out)) {
      CheckpointMerge.Result result = merge(base, 0.5, false, out);
      assertThat(result.verification().passed()).isTrue();
      assertThat(result.layers()).isEqualTo(5);
      assertThat(result.unchanged()).isEmpty();
      for (AdapterModule module : adapter.components().get("unet")) {
        NDArray before = OPS.cast(base.weight("unet", module.path(), scope).orElseThrow(), DataType.FLOAT32);
        NDArray delta = Adapters.PLAIN.delta("unet", module, 0.5, scope);
        NDArray expected = OPS.cast(before.add(delta.reshape(before.getShape())), type);
        NDArray found = merged.weight("unet", module.path(), scope).orElseThrow();
        assertThat(Adapters.error(OPS.cast(found, DataType.FLOAT32), OPS.cast(expected, DataType.FLOAT32)))
            .as(module.path()).isLessThan(type == DataType.FLOAT32 ? 1e-6 : 1e-3);
        assertThat(Adapters.error(OPS.cast(found, DataType.FLOAT32), before)).isGreaterThan(0.05);
      }
    }
  }

  @Test
  void copiesTheRestByteForByteAndKeepsMetadata() throws IOException {
    Path out = folder.resolve("merged.safetensors");
    try (CheckpointLayers base = base(DataType.FLOAT16)) {
      merge(base, 1, false, out);
    }
    try (SafetensorsFile before = SafetensorsFile.open(file); SafetensorsFile after = SafetensorsFile.open(out)) {
      assertThat(after.tensors().keySet()).containsExactlyElementsOf(before.tensors().keySet());
      for (String name : List.of("bias", "ids")) {
        assertThat(after.map(name)).isEqualTo(before.map(name));
      }
      assertThat(after.metadata()).containsEntry("origin", "test").containsEntry("said", "so");
      assertThat(after.metadata().get(Verification.KEY)).contains("passed", "merged output");
    }
  }

  private AdapterModule difference(String path, Shape shape) {
    return new AdapterModule(path, Map.of(WholeDifference.WEIGHT, Ops.randomNormal(scope, shape),
        WholeDifference.BIAS, Ops.randomNormal(scope, new Shape(shape.get(0)))), Map.of());
  }

  private NDArray stored(Path from, String tensor) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(from)) {
      return StoredTensors.read(opened, tensor, scope);
    }
  }

  @Test
  void biasesAndNormalisationsAreMergedTooAndComeBack() throws IOException {
    AdapterModule conv = difference("conv", new Shape(5, 4, 3, 3));
    AdapterModule norm = difference("norm", new Shape(4));
    adapter = Adapters.model(conv, norm);
    Path out = folder.resolve("merged.safetensors");
    Path back = folder.resolve("back.safetensors");
    MixPart part = Adapters.part("full.safetensors", adapter, 0.5);
    try (CheckpointLayers base = base(DataType.FLOAT32); CheckpointLayers merged = layers(out)) {
      CheckpointMerge.Result result = new CheckpointMerge(base, List.of(part), List.of(new WholeDifference()),
          new MergeOptions(false, true)).write(Map.of(file, out), Map.of(), AlgebraProgress.SILENT);
      assertThat(result.verification().passed()).isTrue();
      assertThat(result.layers()).isEqualTo(2);
      new CheckpointMerge(merged, List.of(part), List.of(new WholeDifference()), new MergeOptions(true, true))
          .write(Map.of(out, back), Map.of(), AlgebraProgress.SILENT);
    }
    for (AdapterModule module : List.of(conv, norm)) {
      for (String parameter : List.of(WholeDifference.WEIGHT, WholeDifference.BIAS)) {
        String tensor = module.path() + (parameter.equals(WholeDifference.BIAS) ? ".bias" : ".weight");
        NDArray expected = stored(file, tensor).add(module.tensors().get(parameter).mul(0.5));
        assertThat(Adapters.error(stored(out, tensor), expected)).as(tensor).isLessThan(1e-6);
        assertThat(Adapters.error(stored(out, tensor), stored(file, tensor))).as(tensor).isGreaterThan(0.05);
        assertThat(Adapters.error(stored(back, tensor), stored(file, tensor))).as(tensor).isLessThan(1e-6);
      }
    }
  }

  private static AdapterModule wholes(String path, NDArray weight, NDArray bias) {
    return new AdapterModule(path, Map.of("weight", weight, "bias", bias), Map.of());
  }

  @Test
  void wholeWeightsTakeThePlaceOfTheBasesAndUpdatesComeOnTop() throws IOException {
    NDArray weight = Ops.randomNormal(scope, new Shape(5, 4, 3, 3));
    NDArray bias = Ops.randomNormal(scope, new Shape(5));
    NDArray turned = Ops.randomNormal(scope, new Shape(7, 3));
    AdapterModule update = Adapters.linear("turned", 7, 3, 2, 2, scope);
    adapter = Adapters.model(wholes("conv", weight, bias), update,
        new AdapterModule("turned", Map.of("weight", turned), Map.of()));
    Path out = folder.resolve("merged.safetensors");
    try (CheckpointLayers base = base(DataType.FLOAT32); CheckpointLayers merged = layers(out)) {
      assertThat(merge(base, 1, false, out).verification().passed()).isTrue();
      assertThat(stored(out, "conv.weight")).isEqualTo(weight);
      assertThat(stored(out, "conv.bias")).isEqualTo(bias);
      NDArray both = turned.add(Adapters.PLAIN.delta("unet", update, 1, scope));
      assertThat(Adapters.error(merged.weight("unet", "turned", scope).orElseThrow(), both)).isLessThan(1e-6);
      Path half = folder.resolve("half.safetensors");
      merge(base, 0.5, false, half);
      NDArray between = stored(file, "conv.weight").add(weight).mul(0.5);
      assertThat(Adapters.error(stored(half, "conv.weight"), between)).isLessThan(1e-6);
      assertThatThrownBy(() -> merge(merged, 1, true, folder.resolve("again.safetensors")))
          .isInstanceOf(UserException.class).hasMessageContaining("Keep the base model");
    }
  }

  @Test
  void aBiasThatTheBaseDoesNotHaveIsRefused() throws IOException {
    adapter = Adapters.model(difference("proj", new Shape(4, 4, 1, 1)));
    try (CheckpointLayers base = base(DataType.FLOAT32)) {
      assertThatThrownBy(() -> new CheckpointMerge(base, List.of(Adapters.part("full.safetensors", adapter, 1)),
          List.of(new WholeDifference()), new MergeOptions(false, true))).isInstanceOf(UserException.class)
          .hasMessageContaining("full.safetensors changes the bias of layer unet.proj")
          .hasMessageContaining("base.safetensors");
    }
  }

  @Test
  void takenOutAgainTheWeightsAreBackToWithinRounding() throws IOException {
    Path merged = folder.resolve("merged.safetensors");
    Path back = folder.resolve("back.safetensors");
    try (CheckpointLayers base = base(DataType.FLOAT32)) {
      merge(base, 0.8, false, merged);
      try (CheckpointLayers two = layers(merged); CheckpointLayers three = layers(back)) {
        new CheckpointMerge(two, List.of(Adapters.part("a", adapter, 0.8)), List.of(),
            new MergeOptions(true, true)).write(Map.of(merged, back), Map.of(), AlgebraProgress.SILENT);
        for (String path : base.paths().get("unet")) {
          assertThat(Adapters.error(three.weight("unet", path, scope).orElseThrow().duplicate(),
              base.weight("unet", path, scope).orElseThrow().duplicate())).isLessThan(1e-6);
        }
      }
    }
  }

  @Test
  void namesBothFilesWhenALayerOrAShapeDoesNotFit() throws IOException {
    try (CheckpointLayers base = base(DataType.FLOAT32)) {
      adapter = Adapters.model(Adapters.linear("to_v", 6, 8, 2, 1, scope));
      assertThatThrownBy(() -> merge(base, 1, false, folder.resolve("x"))).isInstanceOf(UserException.class)
          .hasMessageContaining("a.safetensors").hasMessageContaining("base.safetensors")
          .hasMessageContaining("unet.to_v");
      adapter = Adapters.model(Adapters.linear("conv", 6, 8, 2, 1, scope));
      assertThatThrownBy(() -> merge(base, 1, false, folder.resolve("x"))).isInstanceOf(UserException.class)
          .hasMessageContaining("unet.conv").hasMessageContaining("(5, 4, 3, 3)")
          .hasMessageContaining("base.safetensors");
      assertThat(folder.resolve("x")).doesNotExist();
    }
  }

  @Test
  void saysWhenRoundingEatsAnUpdate() throws IOException {
    try (CheckpointLayers base = base(DataType.BFLOAT16)) {
      CheckpointMerge.Result result = merge(base, 1e-6, false, folder.resolve("merged.safetensors"));
      assertThat(result.unchanged()).isNotEmpty();
    }
  }

  @Test
  void refusesAnUpdateThatTheTypeCannotHold() throws IOException {
    Path out = folder.resolve("merged.safetensors");
    try (CheckpointLayers base = base(DataType.FLOAT16)) {
      assertThatThrownBy(() -> merge(base, 1e6, false, out)).isInstanceOf(UserException.class)
          .hasMessageContaining("too strong");
    }
    assertThat(folder.toFile().list()).containsExactly("base.safetensors");
  }
}
