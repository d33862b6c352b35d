package dev.kasane.plugin.diffusers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.injection.AdaptedLayer;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.module.Module;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.plugin.lora.LoraMethod;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of every generation mean what they mean in diffusers: ΔW of each layer. */
class DiffusersFilesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final double TOLERANCE = 1e-6;

  private final DiffusersFormat format = new DiffusersFormat();
  private NDManager scope;

  @BeforeEach
  void open() {
    scope = Engines.newManager();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"peft,peft,17", "peft-plain,peft-plain,17", "layers,peft-plain,17", "processors,peft-plain,17",
      "bare,peft-plain,8", "sd2-peft,sd2-peft,17"})
  void updatesAreThoseOfDiffusers(String file, String expected, int layers) throws IOException {
    Injector.Restored restored = attach(GOLDEN.resolve(file + ".safetensors"),
        TinyBase.parts(file.startsWith("sd2") ? "sd2-tiny" : "sd1-tiny"));
    restored.report().requireComplete();
    assertThat(restored.set().layers()).hasSize(layers);
    try (TensorSource golden = TensorSources.open(GOLDEN.resolve(expected + "-expected.safetensors"))) {
      for (AdaptedLayer each : restored.set().layers()) {
        NDArray wanted = golden.read(each.component() + "." + each.layer().path(), scope);
        NDArray delta = each.adapter().weightDelta(scope, 1);
        assertThat(delta.getShape()).isEqualTo(wanted.getShape());
        assertThat(delta.sub(wanted).abs().max().toFloatArray()[0]).as(each.layer().path())
            .isLessThan((float) TOLERANCE);
        assertThat(wanted.abs().max().toFloatArray()[0]).isGreaterThan(0.01f);
      }
    }
  }

  @Test
  void magnitudesAreOneForEachOutput() throws IOException {
    AdapterModel read = format.read(GOLDEN.resolve("dora.safetensors"), TinyBase.layers(), scope);
    assertThat(read.unmatched()).isEmpty();
    Map<String, Shape> shapes = read.components().get("unet").stream().collect(Collectors.toMap(
        AdapterModule::path, module -> module.tensors().get("dora_scale").getShape()));
    assertThat(shapes).containsEntry("mid_block.resnets.0.conv1", new Shape(16, 1, 1, 1))
        .containsEntry("mid_block.attentions.0.transformer_blocks.0.attn2.to_k", new Shape(16, 1));
  }

  @ParameterizedTest
  @CsvSource({"1, 16, 3, 3", "1, 2, 8, 1"})
  void magnitudesThatAreNoneOfTheirFormStayAsTheyAre(long one, long outputs, long height, long width)
      throws IOException {
    Shape odd = new Shape(one, outputs, height, width);
    Path file = Files.createDirectories(Path.of("target", "written")).resolve("odd.safetensors");
    SafetensorsWriter.write(file, List.of(StoredTensors.declare(
        "unet.mid_block.resnets.0.conv1.lora_magnitude_vector", scope.ones(odd))), Map.of());
    AdapterModel read = format.read(file, TinyBase.layers(), scope);
    assertThat(read.components().get("unet").get(0).tensors().get("dora_scale").getShape()).isEqualTo(odd);
  }

  /** OneTrainer keeps them under LyCORIS's name in files that are otherwise diffusers'. */
  @Test
  void magnitudesOfInputsStayThoseOfInputs() throws IOException {
    Path file = Files.createDirectories(Path.of("target", "written")).resolve("inputs.safetensors");
    Shape perInput = new Shape(1, 16, 1, 1);
    SafetensorsWriter.write(file, List.of(StoredTensors.declare(
        "unet.mid_block.resnets.0.conv1.dora_scale", scope.ones(perInput))), Map.of());
    AdapterModel read = format.read(file, TinyBase.layers(), scope);
    assertThat(read.components().get("unet").get(0).tensors().get("dora_scale").getShape()).isEqualTo(perInput);
  }

  @ParameterizedTest
  @ValueSource(strings = {"peft", "peft-plain", "dora", "layers"})
  void writtenAgainHoldsTheSameBits(String name) throws IOException {
    AdapterModel read = format.read(GOLDEN.resolve(name + ".safetensors"), TinyBase.layers(), scope);
    Path copy = Files.createDirectories(Path.of("target", "written")).resolve(name + ".safetensors");
    format.write(read, copy, ElementType.FLOAT32);
    AdapterModel again = format.read(copy, TinyBase.layers(), scope);
    assertThat(again.unmatched()).isEmpty();
    assertThat(again.components().keySet()).isEqualTo(read.components().keySet());
    read.components().forEach((component, modules) -> modules.forEach(module -> {
      AdapterModule other = again.components().get(component).stream()
          .filter(each -> each.path().equals(module.path())).findFirst().orElseThrow();
      assertThat(other.constants()).as(module.path()).isEqualTo(module.constants());
      assertThat(other.tensors().keySet()).isEqualTo(module.tensors().keySet());
      module.tensors().forEach((parameter, tensor) -> {
        assertThat(other.tensors().get(parameter).getShape()).isEqualTo(tensor.getShape());
        assertThat(other.tensors().get(parameter).toFloatArray()).containsExactly(tensor.toFloatArray());
      });
    }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd15-pokemon.diffusers-attn-processor", "sd15-style.diffusers-lora-layer"})
  void realFilesFitStableDiffusion15(String name) throws IOException {
    Path file = SharedData.path("adapters/" + name + ".safetensors");
    assertThat(format.recognise(keys(file))).isNotEmpty();
    Injector.Restored restored = attach(file, KnownBase.SD1.components());
    restored.report().requireComplete();
    assertThat(restored.report().matched()).hasSize(128).allSatisfy(match -> {
      assertThat(match.component()).isEqualTo("unet");
      assertThat(match.facts()).containsEntry("rank", 4.0).containsEntry("alpha", 4.0);
    });
    assertThat(restored.set().deltaNorms().values()).allSatisfy(norm -> assertThat(norm).isPositive());
  }

  private static Set<String> keys(Path file) {
    try (TensorSource source = TensorSources.open(file)) {
      return source.names();
    }
  }

  private Injector.Restored attach(Path file, Map<String, Module> parts) throws IOException {
    AdapterModel saved = format.read(file, TinyBase.layers(parts), scope);
    return Injector.restore(parts, saved, List.of(new LoraMethod()), 1, scope);
  }
}
