package dev.kasane.diffusion.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.pipeline.ImageModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseLayersTest {
  @TempDir
  private Path folder;

  /** Every layer of the model is found, whatever the files' layout, and holds the weight that the model loads. */
  @ParameterizedTest
  @CsvSource({"sd1-tiny, sd1-tiny", "sd1-tiny, sd1-tiny-original.safetensors", "sd1-tiny, sd1-tiny-original.ckpt",
      "sd2-tiny, sd2-tiny", "sd2-tiny, sd2-tiny-original.safetensors"})
  void findsEveryLayerOfTheModel(String model, String files) {
    try (NDManager scope = Engines.newManager();
        CheckpointLayers layers = BaseLayers.open(GoldenBases.path(files)).orElseThrow()) {
      Map<String, Module> parts = ImageModels.open(GoldenBases.path(model), BaseOptions.none(), ElementType.FLOAT32,
          scope).components();
      parts.forEach((component, root) -> root.adaptableLayers().forEach((path, layer) -> {
        if (!layer.kind().isProduct()) {
          return;
        }
        assertThat(layers.place(component, path)).as(component + "." + path).isPresent();
        float[] found = layers.weight(component, path, scope).orElseThrow().duplicate().toFloatArray();
        assertThat(found).as(path).isEqualTo(layer.weight().materialise(scope).toFloatArray());
      }));
      assertThat(layers.paths().keySet()).isEqualTo(parts.keySet());
    }
  }

  @Test
  void otherFilesAreNoBase() throws Exception {
    assertThat(BaseLayers.open(folder)).isEmpty();
    assertThatThrownBy(() -> BaseLayers.open(folder.resolve("none"))).isInstanceOf(UserException.class)
        .hasMessageContaining("no base model");
    Path text = Files.writeString(folder.resolve("x.safetensors"), "text");
    assertThatThrownBy(() -> BaseLayers.open(text)).isInstanceOf(UserException.class)
        .hasMessageContaining("x.safetensors");
  }
}
