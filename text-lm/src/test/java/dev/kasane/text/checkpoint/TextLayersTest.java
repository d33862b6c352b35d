package dev.kasane.text.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.module.Weight;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextLayersTest {
  /** Every layer that the model loads a weight for is found in the files, with that weight. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "gpt2-bare", "llama", "llama-sharded", "llama-tied", "gpt-neox", "opt", "gemma2"})
  void findsEveryLayer(String name) {
    Path folder = Path.of("src/test/resources/golden").resolve(name);
    try (NDManager scope = Engines.newManager(); CheckpointLayers layers = TextLayers.open(folder)) {
      Map<String, Weight> model = TextCheckpoint.open(folder).model(ElementType.FLOAT32, scope).weightPlaces();
      layers.paths().get("model").forEach(path -> {
        NDArray found = OPS.cast(layers.weight("model", path, scope).orElseThrow(), DataType.FLOAT32).duplicate();
        NDArray expected = model.get(path + ".weight").dense(scope);
        assertThat(found.getShape()).as(path).isEqualTo(expected.getShape());
        assertThat(found.toFloatArray()).as(path).isEqualTo(expected.toFloatArray());
      });
      assertThat(model.keySet()).allMatch(each -> each.endsWith(".bias")
          ? layers.hasBias("model", each.substring(0, each.length() - ".bias".length()))
          : layers.paths().get("model").contains(each.substring(0, each.length() - ".weight".length())));
    }
  }
}
