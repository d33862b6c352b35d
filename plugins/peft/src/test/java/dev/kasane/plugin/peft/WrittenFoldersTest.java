package dev.kasane.plugin.peft;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.Module;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.StoredTensors;
import dev.kasane.plugin.lora.LoraMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders that are written with no configuration to copy, read again here and, by
 * {@code src/test/reference/check_loads_in_peft.py}, in PEFT.
 */
class WrittenFoldersTest {
  private static final Path OUT = Path.of("target", "written");
  private final NDManager scope = Engines.newManager();
  private final PeftFormat format = new PeftFormat();

  @AfterEach
  void close() {
    scope.close();
  }

  private static Path out(String name) throws IOException {
    return Files.createDirectories(OUT).resolve(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "gpt2", "patterns", "dora", "bias-all", "bias-lora", "layers", "regex",
      "all-linear", "conv", "embedding", "loha", "bin"})
  void meansTheSameUnderAConfigurationOfItsOwn(String name) throws IOException {
    Golden golden = Golden.open(name, scope);
    AdapterModel read = format.read(golden.folder(), golden.base(), scope);
    Path folder = out(name);
    format.write(new AdapterModel(read.components(), List.of(), Map.of()), folder, ElementType.FLOAT32);
    AdapterModel again = format.read(folder, golden.base(), scope);
    assertThat(again.unmatched()).isEmpty();
    assertThat(constants(again)).isEqualTo(constants(read));
  }

  private static Map<String, Map<String, Double>> constants(AdapterModel model) {
    Map<String, Map<String, Double>> constants = new TreeMap<>();
    model.components().get("model").forEach(module ->
        constants.put(module.path() + new TreeSet<>(module.tensors().keySet()), module.constants()));
    return constants;
  }

  /** Fresh adapters, moved as a training would, with what they compute beside them. */
  @ParameterizedTest
  @CsvSource({"fresh-lora,plain,kaiming,false,false", "fresh-rslora,gpt2,gaussian,true,false",
      "fresh-dora,dora,kaiming,false,true", "fresh-pissa,plain,pissa,false,false",
      "fresh-olora,gpt2,olora,true,false"})
  void trainedAdaptersAreWrittenAsTheyCompute(
      String name, String base, String init, boolean rslora, boolean dora) throws IOException {
    TorchBridge.seed(9);
    Golden golden = Golden.open(base, scope);
    Module model = golden.model();
    AdapterSet set = attach(golden, model, Map.of("rank", "3", "alpha", "5", "init", init,
        "use-rslora", String.valueOf(rslora), "use-dora", String.valueOf(dora)));
    set.trainable(false);
    try (GradMode off = GradMode.off()) {
      set.trainableParameters().values().forEach(tensor ->
          tensor.addi(Ops.randomNormal(scope, tensor.getShape()).mul(0.3f)));
      format.write(set.toModel(Map.of()), out(name), ElementType.FLOAT32);
      List<TensorDeclaration> outputs = new ArrayList<>();
      set.layers().forEach(each -> {
        NDArray y = each.layer().forward(golden.expected().get(each.layer().path() + ".x"));
        outputs.add(StoredTensors.declare(each.layer().path() + ".y", y));
      });
      SafetensorsWriter.write(out(name).resolve("expected.safetensors"), outputs, Map.of("base", base));
    }
    AdapterModel read = format.read(out(name), golden.base(), scope);
    assertThat(read.unmatched()).isEmpty();
    Map<String, Double> before = set.deltaNorms();
    set.detach();
    Injector.Restored restored =
        Injector.restore(Map.of("model", model), read, List.of(new LoraMethod()), 1, scope);
    restored.report().requireComplete();
    restored.set().deltaNorms().forEach((layer, norm) ->
        assertThat(norm / before.get(layer)).as(layer).isBetween(1 - 1e-5, 1 + 1e-5));
  }

  private AdapterSet attach(Golden golden, Module model, Map<String, String> options) {
    LoraMethod method = new LoraMethod();
    return Injector.attachFresh("model", model, TargetSelector.of(golden.adapted(), List.of()),
        new MethodChoice(method, options), scope);
  }
}
