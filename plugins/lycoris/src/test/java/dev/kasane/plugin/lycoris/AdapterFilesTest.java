package dev.kasane.plugin.lycoris;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Linear;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole files, one of each method, as LyCORIS saved them for a tiny model under kohya's names. */
class AdapterFilesTest {
  private static final String PREFIX = "lora_unet_mid_block_";
  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  private Map<String, AdaptableLayer> layers() {
    TorchBridge.seed(4);
    return Map.of(
        PREFIX + "attentions_0_attn1_to_q", Layers.filled(scope, new Linear(8, 8, false)),
        PREFIX + "attentions_0_attn1_to_k", Layers.filled(scope, new Linear(12, 8, false)),
        PREFIX + "attentions_0_proj_in", Layers.conv(scope, 8, 8, 1),
        PREFIX + "resnets_0_conv1", Layers.conv(scope, 4, 8, 3));
  }

  private Map<String, AdapterModule> read(String name) throws IOException {
    Map<String, AdapterModule> modules = new LinkedHashMap<>();
    Path path = Path.of("src", "test", "resources", "files", name + ".safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (String key : file.tensors().keySet()) {
        int dot = key.indexOf('.');
        AdapterModule module = modules.computeIfAbsent(key.substring(0, dot), layer ->
            new AdapterModule(layer, new LinkedHashMap<>(), new LinkedHashMap<>()));
        String parameter = key.substring(dot + 1);
        if (file.tensors().get(key).shape().length == 0) {
          module.constants().put(parameter, (double) file.readFloats(key)[0]);
        } else {
          module.tensors().put(parameter, StoredTensors.read(file, key, scope));
        }
      }
    }
    return modules;
  }

  @ParameterizedTest
  @CsvSource({"loha,loha", "loha-tucker-dora,loha", "lokr,lokr", "lokr-full,lokr", "lokr-tucker-dora,lokr",
      "dora,dora", "ia3,ia3", "glora,glora", "diag-oft,diag-oft", "boft,boft", "full,full"})
  void everyModuleIsRestored(String name, String method) throws IOException {
    Map<String, AdapterModule> modules = read(name);
    Map<String, AdaptableLayer> layers = layers();
    assertThat(modules.keySet()).isEqualTo(layers.keySet());
    modules.forEach((key, module) -> {
      AdaptableLayer layer = layers.get(key);
      if (method.equals("dora")) {
        // The files are LyCORIS's own, which do not say so.
        module.constants().put(AdapterModule.TURNS_LENGTHS, 1.0);
      }
      assertThat(Layers.METHODS.stream().filter(each -> each.restore(layer, module, scope).isPresent()))
          .as(key).singleElement().satisfies(each -> assertThat(each.id()).isEqualTo(method));
      LayerAdapter adapter = Layers.restore(layer, module, scope).orElseThrow();
      assertThat(adapter.tensors().keySet()).isEqualTo(Set.copyOf(module.tensors().keySet()));
      NDArray delta = adapter.weightDelta(scope, 1);
      assertThat(delta.getShape()).isEqualTo(layer.weight().shape());
      assertThat(delta.abs().max().toFloatArray()[0]).as(key).isFinite().isGreaterThan(1e-3f);
    });
  }
}
