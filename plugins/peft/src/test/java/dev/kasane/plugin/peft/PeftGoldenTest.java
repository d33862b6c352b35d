package dev.kasane.plugin.peft;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.injection.AdaptedLayer;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.plugin.lora.LoraMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that PEFT wrote: read whole, doing what they do in PEFT, and written back as they were. */
class PeftGoldenTest {
  private static final double DELTA_TOLERANCE = 1e-6;
  private static final double OUTPUT_TOLERANCE = 1e-5;
  private final NDManager scope = Engines.newManager();
  private final PeftFormat format = new PeftFormat();
  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "gpt2", "patterns", "dora", "layers", "regex", "all-linear", "conv", "bin",
      "bias-lora"})
  void doesWhatItDoesInPeft(String name) throws IOException {
    Golden golden = Golden.open(name, scope);
    AdapterModel read = format.read(golden.folder(), golden.base(), scope);
    assertThat(read.unmatched()).isEmpty();
    List<AdapterModule> updates = read.components().get("model").stream()
        .filter(module -> !module.constants().isEmpty()).toList();
    assertThat(updates.stream().map(AdapterModule::path).sorted()).containsExactlyElementsOf(golden.adapted());

    Injector.Restored restored = Injector.restore(Map.of("model", golden.model()),
        new AdapterModel(Map.of("model", updates), List.of(), Map.of()), List.of(new LoraMethod()), 1, scope);
    restored.report().requireComplete();
    assertThat(restored.set().layers()).hasSameSizeAs(golden.adapted());
    try (GradMode off = GradMode.off()) {
      restored.set().layers().forEach(each -> assertSame(golden, each));
    }
  }

  private void assertSame(Golden golden, AdaptedLayer each) {
    String path = each.layer().path();
    NDArray delta = each.adapter().weightDelta(scope, 1);
    NDArray expected = golden.expected().get(path + ".delta");
    assertThat(largest(expected)).as("the adapter does something").isGreaterThan(1e-2);
    assertThat(largest(delta.sub(expected))).as("ΔW of " + path).isLessThan(DELTA_TOLERANCE);
    NDArray y = each.layer().forward(golden.expected().get(path + ".x"));
    NDArray output = golden.expected().get(path + ".y");
    assertThat(largest(y.sub(output)) / largest(output)).as("output of " + path)
        .isLessThan(OUTPUT_TOLERANCE);
  }

  private static double largest(NDArray values) {
    return values.abs().max().toFloatArray()[0];
  }

  @Test
  void hadamardFactorsMeanWhatTheyMeanInPeft() throws IOException {
    Golden golden = Golden.open("loha", scope);
    List<AdapterModule> modules = format.read(golden.folder(), golden.base(), scope).components().get("model");
    assertThat(modules.stream().map(AdapterModule::path).sorted()).containsExactlyElementsOf(golden.adapted());
    for (AdapterModule module : modules) {
      Map<String, NDArray> t = module.tensors();
      double scale = module.constants().get("alpha") / t.get("hada_w1_b").getShape().get(0);
      NDArray expected = golden.expected().get(module.path() + ".delta");
      NDArray delta = t.get("hada_w1_a").matMul(t.get("hada_w1_b"))
          .mul(t.get("hada_w2_a").matMul(t.get("hada_w2_b"))).mul(scale).reshape(expected.getShape());
      assertThat(largest(delta.sub(expected))).isLessThan(DELTA_TOLERANCE);
    }
  }

  @Test
  void kroneckerFactorsMeanWhatTheyMeanInPeft() throws IOException {
    Golden golden = Golden.open("lokr", scope);
    for (AdapterModule module : format.read(golden.folder(), golden.base(), scope).components().get("model")) {
      Map<String, NDArray> t = module.tensors();
      NDArray second = t.get("lokr_w2_a").matMul(t.get("lokr_w2_b"));
      NDArray first = t.get("lokr_w1");
      NDArray product = first.reshape(2, 1, 2, 1).mul(second.reshape(1, 4, 1, 4)).reshape(8, 8);
      double scale = module.constants().get("alpha") / t.get("lokr_w2_b").getShape().get(0);
      assertThat(largest(product.mul(scale).sub(golden.expected().get(module.path() + ".delta"))))
          .isLessThan(DELTA_TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bias-all", "bias-lora"})
  void wholeWeightsAreReadByName(String name) throws IOException {
    Golden golden = Golden.open(name, scope);
    AdapterModel read = format.read(golden.folder(), golden.base(), scope);
    assertThat(read.unmatched()).isEmpty();
    Set<String> found = new TreeSet<>();
    read.components().get("model").stream().filter(module -> module.constants().isEmpty())
        .forEach(module -> module.tensors().forEach((parameter, tensor) -> {
          String key = "weight:" + module.path() + "." + parameter;
          found.add(key);
          assertThat(tensor.toFloatArray()).containsExactly(golden.expected().get(key).toFloatArray());
        }));
    assertThat(found).isEqualTo(golden.expected().keySet().stream()
        .filter(key -> key.startsWith("weight:")).collect(Collectors.toCollection(TreeSet::new)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "gpt2", "patterns", "dora", "bias-all", "bias-lora", "layers", "regex",
      "all-linear", "conv", "embedding", "loha", "lokr", "bin"})
  void isWrittenBackAsItWas(String name) throws IOException {
    Golden golden = Golden.open(name, scope);
    AdapterModel read = format.read(golden.folder(), golden.base(), scope);
    assertThat(read.unmatched()).isEmpty();
    format.write(read, folder.resolve("copy"), ElementType.FLOAT32);
    assertThat(sorted(folder.resolve("copy"))).isEqualTo(sorted(golden.folder()));
    String weights = name.equals("bin") ? "adapter_model.bin" : "adapter_model.safetensors";
    try (TensorSource before = TensorSources.open(golden.folder().resolve(weights));
        TensorSource after = TensorSources.open(folder.resolve("copy/adapter_model.safetensors"))) {
      assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names().stream()
          .filter(key -> !key.contains("original_module") && !key.contains("modules_to_save.")).toList());
      for (String key : after.names()) {
        assertThat(after.shape(key)).as(key).isEqualTo(before.shape(key));
        assertThat(after.read(key, scope).toFloatArray()).as(key)
            .containsExactly(before.read(key, scope).toFloatArray());
      }
    }
  }

  /** The configuration with its sets in order. */
  private static ObjectNode sorted(Path folder) throws IOException {
    ObjectNode config = ConfigFiles.parse(Files.readString(folder.resolve("adapter_config.json")));
    config.fieldNames().forEachRemaining(key -> {
      if (config.get(key) instanceof ArrayNode array) {
        Set<String> texts = new TreeSet<>();
        array.forEach(each -> texts.add(each.asText()));
        array.removeAll();
        texts.forEach(array::add);
      }
    });
    return config;
  }
}
