package dev.kasane.plugin.lora;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Single layers against PEFT: output, ΔW and every gradient. The golden's {@code conv-tall} has a kernel
 * that is not square, which no layer of a supported model has.
 */
class PeftParityTest {
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @ValueSource(strings = {"linear", "linear-no-bias", "linear-rslora", "linear-rank-above-width", "conv3",
      "conv3-stride", "conv1"})
  void computesWhatPeftComputes(String name) throws IOException {
    try (NDManager scope = Engines.newManager(); GradMode on = GradMode.on()) {
      Case golden = Case.read(name, scope);
      AdaptableLayer layer = golden.layer();
      LayerAdapter adapter = golden.adapter(layer, scope);
      adapter.tensors().values().forEach(tensor -> tensor.setRequiresGradient(true));
      NDArray x = golden.get("x");
      x.setRequiresGradient(true);
      layer.attach(new Attachment(adapter, 1));

      assertClose(adapter.weightDelta(scope, 1), golden.get("delta"));
      NDArray y = layer.forward(x);
      assertClose(y, golden.get("y"));
      TorchBridge.backward(y, golden.get("dy"));
      assertClose(x.getGradient(), golden.get("dx"));
      assertClose(adapter.tensors().get("lora_down.weight").getGradient(), golden.get("dA"));
      assertClose(adapter.tensors().get("lora_up.weight").getGradient(), golden.get("dB"));
    }
  }

  private static void assertClose(NDArray actual, NDArray expected) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    double scale = expected.abs().max().toFloatArray()[0];
    assertThat(actual.sub(expected).abs().max().toFloatArray()[0] / scale).isLessThan(TOLERANCE);
  }

  private record Case(JsonNode settings, Map<String, NDArray> tensors) {
    static Case read(String name, NDManager scope) throws IOException {
      Path folder = Path.of("src", "test", "resources", "golden");
      JsonNode settings = new ObjectMapper().readTree(folder.resolve("layers.json").toFile()).get(name);
      Map<String, NDArray> tensors = new HashMap<>();
      try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("layers.safetensors"))) {
        for (String key : file.tensors().keySet()) {
          if (key.startsWith(name + ".")) {
            tensors.put(key.substring(name.length() + 1), StoredTensors.read(file, key, scope));
          }
        }
      }
      return new Case(settings, tensors);
    }

    NDArray get(String name) {
      return tensors.get(name);
    }

    AdaptableLayer layer() {
      long[] shape = get("weight").getShape().getShape();
      AdaptableLayer layer = shape.length == 2
          ? new Linear(shape[1], shape[0], tensors.containsKey("bias"))
          : new Conv2d(shape[1], shape[0], (int) shape[2],
              settings.get("stride").get(0).asInt(), settings.get("padding").get(0).asInt());
      layer.namedWeights().forEach((name, weight) -> weight.set(new DenseWeight(get(name))));
      return layer;
    }

    /** With rsLoRA the file's alpha carries the root of the rank. */
    LayerAdapter adapter(AdaptableLayer layer, NDManager scope) {
      double alpha = LoraSettings.of(Layers.options(Map.of("rank", settings.get("r").asText(),
          "alpha", settings.get("lora_alpha").asText(),
          "use-rslora", settings.get("use_rslora").asText()))).scale().alpha();
      AdapterModule saved = new AdapterModule("", Map.of("lora_down.weight", get("lora_A"),
          "lora_up.weight", get("lora_B")), Map.of("alpha", alpha));
      return new LoraMethod().restore(layer, saved, scope).orElseThrow();
    }
  }
}
