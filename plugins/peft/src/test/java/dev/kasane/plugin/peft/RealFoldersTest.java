package dev.kasane.plugin.peft;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders from the web, against the layers of the models that they name. */
class RealFoldersTest {
  private static final int LAYERS = 12;
  private static final long WIDTH = 768;
  private final NDManager scope = Engines.newManager();
  private final PeftFormat format = new PeftFormat();
  @TempDir
  private Path folder;
  private Path adapters;

  @BeforeEach
  void find() {
    adapters = SharedData.path("adapters");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static List<String> numbered(String prefix, String... names) {
    List<String> layers = new ArrayList<>();
    for (int i = 0; i < LAYERS; i++) {
      for (String name : names) {
        layers.add(prefix + i + "." + name);
      }
    }
    return layers;
  }

  @Test
  void gpt2WithItsHeadIsReadWhole() throws IOException {
    List<String> base = numbered("transformer.h.", "attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj");
    base.add("score");
    AdapterModel read = format.read(adapters.resolve("gpt2-peft"), Map.of("model", base), scope);
    assertThat(read.unmatched()).isEmpty();
    List<AdapterModule> modules = read.components().get("model");
    assertThat(modules).hasSize(LAYERS + 1);
    modules.stream().filter(module -> module.path().endsWith("c_attn")).forEach(module -> {
      assertThat(module.constants()).isEqualTo(Map.of("alpha", 8.0));
      assertThat(module.tensors().get("lora_down.weight").getShape().getShape()).containsExactly(8, WIDTH);
      assertThat(module.tensors().get("lora_up.weight").getShape().getShape()).containsExactly(3 * WIDTH, 8);
    });
    AdapterModule head = modules.get(LAYERS);
    assertThat(head.path()).isEqualTo("score");
    assertThat(head.tensors().get("weight").getShape().get(1)).isEqualTo(WIDTH);
    assertWrittenBack("gpt2-peft", read, ElementType.FLOAT32);
  }

  @Test
  void optInBfloat16IsReadWhole() throws IOException {
    List<String> base = numbered("model.decoder.layers.", "self_attn.k_proj", "self_attn.v_proj",
        "self_attn.q_proj", "self_attn.out_proj", "fc1", "fc2");
    base.add("lm_head");
    AdapterModel read = format.read(adapters.resolve("opt-peft-bf16"), Map.of("model", base), scope);
    assertThat(read.unmatched()).isEmpty();
    List<AdapterModule> modules = read.components().get("model");
    assertThat(modules).hasSize(2 * LAYERS);
    modules.forEach(module -> {
      assertThat(module.path()).matches("model\\.decoder\\.layers\\.\\d+\\.self_attn\\.[qv]_proj");
      assertThat(module.constants()).isEqualTo(Map.of("alpha", 32.0));
      NDArray down = module.tensors().get("lora_down.weight");
      assertThat(down.getShape().getShape()).containsExactly(16, WIDTH);
      assertThat(Ops.typeOf(down)).isEqualTo(DataType.BFLOAT16);
    });
    assertWrittenBack("opt-peft-bf16", read, ElementType.BFLOAT16);
  }

  private void assertWrittenBack(String name, AdapterModel read, ElementType storage) throws IOException {
    format.write(read, folder.resolve(name), storage);
    assertThat(ConfigFiles.parse(Files.readString(folder.resolve(name).resolve("adapter_config.json"))))
        .isEqualTo(ConfigFiles.parse(Files.readString(adapters.resolve(name).resolve("adapter_config.json"))));
    try (TensorSource before = TensorSources.open(adapters.resolve(name).resolve("adapter_model.safetensors"));
        TensorSource after = TensorSources.open(folder.resolve(name).resolve("adapter_model.safetensors"))) {
      assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
      before.names().forEach(key -> assertThat(OPS.cast(after.read(key, scope), DataType.FLOAT32).toFloatArray())
          .containsExactly(OPS.cast(before.read(key, scope), DataType.FLOAT32).toFloatArray()));
    }
  }
}
