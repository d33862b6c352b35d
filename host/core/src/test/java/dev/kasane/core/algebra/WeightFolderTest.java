package dev.kasane.core.algebra;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.merge.CheckpointMerge;
import dev.kasane.core.algebra.merge.MergeOptions;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A language model's folder, in several files. */
class WeightFolderTest {
  private static final String LAYER = "model.layers.%d.self_attn.q_proj";

  private final NDManager scope = Engines.newManager();

  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    scope.close();
  }

  private String shard(int number, DataType type) throws IOException {
    String name = "model-0000" + number + "-of-00002.safetensors";
    SafetensorsWriter.write(folder.resolve(name), Stream.of(LAYER.formatted(number) + ".weight",
            "model.embed_tokens" + number + ".embed_tokens.weight").map(tensor ->
            StoredTensors.declare(tensor, OPS.cast(Ops.randomNormal(scope, new Shape(6, 8)), type))).toList(),
        Map.of("format", "pt"));
    return name;
  }

  private void model() throws IOException {
    String one = shard(1, DataType.BFLOAT16);
    String two = shard(2, DataType.FLOAT32);
    Files.writeString(folder.resolve("model.safetensors.index.json"), """
        {"metadata": {}, "weight_map": {"%s.weight": "%s", "%s.weight": "%s"}}
        """.formatted(LAYER.formatted(1), one, LAYER.formatted(2), two));
  }

  @Test
  void mergesIntoEveryShard() throws IOException {
    model();
    AdapterModule first = Adapters.linear(LAYER.formatted(1), 6, 8, 2, 2, scope);
    AdapterModule second = Adapters.linear(LAYER.formatted(2), 6, 8, 2, 2, scope);
    AdapterModel adapter = new AdapterModel(Map.of("whatever", List.of(first, second)), List.of(), Map.of());
    try (CheckpointLayers layers = WeightFolder.open(folder)) {
      assertThat(layers.paths().get(WeightFolder.COMPONENT)).containsExactly(first.path(), second.path());
      CheckpointMerge merge = new CheckpointMerge(layers, List.of(Adapters.part("a", adapter, 1)), List.of(),
          new MergeOptions(false, true));
      Path one = folder.resolve("one");
      Path two = folder.resolve("two");
      merge.write(Map.of(folder.resolve("model-00001-of-00002.safetensors"), one,
          folder.resolve("model-00002-of-00002.safetensors"), two), Map.of(), AlgebraProgress.SILENT);
      try (CheckpointLayers merged = WeightFolder.open(two)) {
        assertThat(Adapters.error(merged.weight("model", second.path(), scope).orElseThrow(),
            layers.weight("model", second.path(), scope).orElseThrow()
                .add(Adapters.PLAIN.delta("model", second, 1, scope)))).isLessThan(1e-6);
      }
      assertThat(one).exists();
    }
  }

  @Test
  void foldersWithoutWeightsAreNamed() {
    assertThatThrownBy(() -> WeightFolder.open(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining(folder.toString()).hasMessageContaining("model.safetensors");
    assertThat(WeightFolder.find(folder.resolve("none"))).isEmpty();
  }
}
