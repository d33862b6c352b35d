package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.pipeline.Sampler;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import dev.kasane.plugin.lora.LoraMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files on a base: what comes out is what diffusers, or sd-scripts, have with the same file. */
class KohyaOnBaseTest {
  private static final String BASE = "sd1-tiny";
  private static final Path FILES = Path.of("src", "test", "resources", "golden");
  private static final double TOLERANCE = 1e-5;
  private static final int PIXEL_TOLERANCE = 2;
  private final NDManager scope = Engines.newManager();
  private GradMode off;
  private ImageModel model;

  @BeforeEach
  void open() {
    off = GradMode.off();
    model = ImageModels.open(BaseLayers.GOLDEN.resolve(BASE), BaseOptions.none(), ElementType.FLOAT32, scope);
  }

  @AfterEach
  void close() {
    off.close();
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny-kohya,full,1", "sd1-tiny-kohya,half,0.5",
      "sd1-tiny-diffusers-export,full,1", "sd1-tiny-diffusers-export,half,0.5"})
  void doesWhatItDoesInDiffusers(String name, String label, double strength) throws IOException {
    AdapterSet set = attach(name);
    set.multiplier(strength);
    assertThat(error(text(), expected(name, label + ".text"))).isLessThan(TOLERANCE);
    assertThat(error(unet(), expected(name, label + ".unet"))).isLessThan(TOLERANCE);
    NDArray picture = expected(name, label + ".image");
    assertThat(largestDifference(draw(), picture)).isLessThanOrEqualTo(PIXEL_TOLERANCE);
    set.detach();
    assertThat(error(text(), expected(name, label + ".text"))).isGreaterThan(0.05);
    assertThat(error(unet(), base("unet.output"))).isLessThan(TOLERANCE);
    assertThat(largestDifference(draw(), picture)).isGreaterThan(10 * PIXEL_TOLERANCE);
  }

  /** LoCon on linear layers, 1x1 and 3x3 convolutions and the text encoder, as the trainer computes it. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.5})
  void doesWhatItDoesInSdScripts(double strength) throws IOException {
    String name = "sd-scripts-sd1";
    AdapterSet set = attach(name);
    set.multiplier(strength);
    assertThat(error(text(), expected(name, "text." + strength))).isLessThan(TOLERANCE);
    assertThat(error(unet(), expected(name, "unet." + strength))).isLessThan(TOLERANCE);
    set.detach();
    assertThat(error(text(), expected(name, "text." + strength))).isGreaterThan(0.05);
    assertThat(error(unet(), expected(name, "unet." + strength))).isGreaterThan(0.05);
  }

  /** Reads the file against the base's own layers; every key has to find its place. */
  private AdapterSet attach(String name) throws IOException {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    model.components().forEach((part, module) -> layers.put(part, module.adaptableLayers().keySet()));
    AdapterModel saved = new KohyaFormat().read(FILES.resolve(name + ".safetensors"), layers, scope);
    Injector.Restored restored =
        Injector.restore(model.components(), saved, List.of(new LoraMethod()), 1, scope);
    restored.report().requireComplete();
    return restored.set();
  }

  private NDArray text() {
    return model.textEncoder().forward(base("text.ids").get("0:2"));
  }

  private NDArray unet() {
    return model.unet().forward(
        base("unet.sample"), base("unet.timesteps"), base("unet.encoder_hidden_states"));
  }

  private Picture draw() {
    return new Sampler(model).draw(new PictureRequest("a photo of a red cat", "the blue thing", 7, 6, 7.5,
        64, 64, SchedulerKind.DDIM, 0, Optional.empty()), (done, all) -> {});
  }

  private NDArray base(String key) {
    return tensor(BaseLayers.GOLDEN.resolve(BASE).resolve("expected.safetensors"), key);
  }

  private NDArray expected(String name, String key) {
    return tensor(FILES.resolve(name + "-expected.safetensors"), key);
  }

  private NDArray tensor(Path file, String key) {
    try (TensorSource source = TensorSources.open(file)) {
      return source.read(key, scope);
    }
  }

  private static double error(NDArray actual, NDArray expected) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    double magnitude = expected.abs().max().toFloatArray()[0];
    double difference = actual.sub(expected).abs().max().toFloatArray()[0];
    assertThat(difference).isNotNaN();
    return difference / magnitude;
  }

  private static int largestDifference(Picture actual, NDArray expected) {
    assertThat(expected.getShape()).isEqualTo(new Shape(1, actual.height(), actual.width(), 3));
    byte[] pixels = expected.toByteArray();
    int largest = 0;
    for (int i = 0; i < pixels.length; i++) {
      largest = Math.max(largest, Math.abs((pixels[i] & 0xff) - (actual.rgb()[i] & 0xff)));
    }
    return largest;
  }
}
