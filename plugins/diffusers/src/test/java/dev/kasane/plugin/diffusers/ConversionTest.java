package dev.kasane.plugin.diffusers;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import dev.kasane.plugin.kohya.KohyaFormat;
import dev.kasane.plugin.lora.LoraMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From kohya's files to those of diffusers and back, and what cannot be converted. */
class ConversionTest {
  private static final Path KOHYA = Path.of("..", "kohya", "src/test/resources/golden");
  private static final String CONV = "mid_block.resnets.0.conv1";

  private final DiffusersFormat format = new DiffusersFormat();
  private NDManager scope;
  private Path folder;

  @BeforeEach
  void open() throws IOException {
    scope = Engines.newManager();
    // The files stay, for check_loads_in_diffusers.py.
    folder = Files.createDirectories(Path.of("target", "converted"));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny-kohya,float16,FLOAT16", "sd1-tiny-diffusers-export,float32,FLOAT32"})
  void kohyaThereAndBackIsBitEqual(String name, String storage, DataType type) throws IOException {
    AdapterModel given =
        new KohyaFormat().read(KOHYA.resolve(name + ".safetensors"), TinyBase.layers(), scope);
    Path converted = folder.resolve(name + ".safetensors");
    format.write(given, converted, ElementType.named(storage));
    AdapterModel between = format.read(converted, TinyBase.layers(), scope);
    assertThat(between.unmatched()).isEmpty();
    Path back = folder.resolve(name + "-back.safetensors");
    new KohyaFormat().write(between, back, ElementType.named(storage));
    AdapterModel read = new KohyaFormat().read(back, TinyBase.layers(), scope);
    given.components().forEach((component, modules) -> modules.forEach(module -> {
      AdapterModule other = read.components().get(component).stream()
          .filter(each -> each.path().equals(module.path())).findFirst().orElseThrow();
      assertThat(other.constants()).as(module.path()).isEqualTo(module.constants());
      module.tensors().forEach((parameter, tensor) -> {
        assertThat(Ops.typeOf(other.tensors().get(parameter))).isEqualTo(type);
        assertThat(bits(other.tensors().get(parameter))).containsExactly(bits(tensor));
      });
    }));
  }

  private static float[] bits(NDArray tensor) {
    return OPS.cast(tensor, DataType.FLOAT32).toFloatArray();
  }

  @Test
  void coreOfTuckerIsMultipliedIn() throws IOException {
    Map<String, NDArray> tensors = Map.of(
        "lora_down.weight", Ops.randomNormal(scope, new Shape(2, 16, 1, 1)),
        "lora_mid.weight", Ops.randomNormal(scope, new Shape(2, 2, 3, 3)),
        "lora_up.weight", Ops.randomNormal(scope, new Shape(16, 2, 1, 1)));
    AdapterModule tucker = new AdapterModule(CONV, tensors, Map.of("alpha", 1.0));
    Path file = folder.resolve("tucker.safetensors");
    format.write(model(tucker), file, ElementType.FLOAT32);
    AdapterModule plain = format.read(file, TinyBase.layers(), scope).components().get("unet").get(0);
    assertThat(plain.tensors()).containsOnlyKeys("lora_down.weight", "lora_up.weight");
    assertThat(difference(delta(plain), delta(tucker))).isLessThan(1e-5f);
  }

  private NDArray delta(AdapterModule module) throws IOException {
    var layer = TinyBase.parts().get("unet").adaptableLayers().get(CONV);
    return new LoraMethod().restore(layer, module, scope).orElseThrow().weightDelta(scope, 1);
  }

  private static float difference(NDArray one, NDArray other) {
    return one.sub(other).abs().max().toFloatArray()[0];
  }

  @Test
  void saysWhatSuchFilesCannotHold() {
    NDArray factor = scope.zeros(new Shape(2, 2));
    Map<String, NDArray> pair = Map.of("lora_down.weight", factor, "lora_up.weight", factor);
    refused(model(new AdapterModule(CONV, Map.of("hada_w1_a", factor), Map.of())), "LoRA only", "hada_w1_a");
    refused(model(new AdapterModule(CONV, Map.of("lora_down.weight", factor), Map.of())), "LoRA only", CONV);
    refused(model(new AdapterModule(CONV, with(pair, new Shape(1, 3)), Map.of())), "one for each input");
    refused(model(new AdapterModule("a", pair, Map.of()),
        new AdapterModule(CONV, with(pair, new Shape(2, 1)), Map.of())), "1 have DoRA magnitudes");
    refused(new AdapterModel(Map.of("language_model", List.of()), List.of(), Map.of()), "language_model");
    refused(new AdapterModel(Map.of(AdapterModel.EMBEDDINGS, List.of()), List.of(), Map.of()),
        "textual-inversion");
  }

  private Map<String, NDArray> with(Map<String, NDArray> pair, Shape magnitude) {
    return Map.of("lora_down.weight", pair.get("lora_down.weight"), "lora_up.weight",
        pair.get("lora_up.weight"), "dora_scale", scope.ones(magnitude));
  }

  private void refused(AdapterModel model, String... reasons) {
    Path file = folder.resolve("never.safetensors");
    assertThatThrownBy(() -> format.write(model, file, ElementType.FLOAT32)).isInstanceOf(UserException.class)
        .hasMessageContainingAll(reasons);
    assertThat(file).doesNotExist();
  }

  private static AdapterModel model(AdapterModule... modules) {
    return new AdapterModel(Map.of("unet", List.of(modules)), List.of(), Map.of());
  }
}
