package dev.kasane.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.module.Module;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.diffusion.vae.AutoencoderKL;
import dev.kasane.diffusion.vae.VaeConfig;
import dev.kasane.testkit.SharedData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The full-size models, built from their published configurations: name for name, shape for shape. */
class StateDictTest {
  @ParameterizedTest
  @CsvSource({"sd15,unet,686", "sd15,vae,248", "sd15,text_encoder,196",
      "sd21,unet,686", "sd21,vae,248", "sd21,text_encoder,372"})
  void hasTheReferencesWeights(String base, String part, int count) throws IOException {
    Path config = SharedData.path("models/" + base + "/" + part + "/config.json");
    Map<String, String> built = shapes(build(part, new ObjectMapper().readTree(config.toFile()), base));
    assertThat(built).isEqualTo(reference(base + "-" + part)).hasSize(count);
  }

  private static Module build(String part, JsonNode config, String origin) {
    return switch (part) {
      case "unet" -> new UNet2DConditionModel(UNetConfig.of(config, origin));
      case "vae" -> new AutoencoderKL(VaeConfig.of(config, origin));
      default -> new ClipTextModel(ClipConfig.of(config, origin));
    };
  }

  private static Map<String, String> shapes(Module module) {
    Map<String, String> shapes = new TreeMap<>();
    module.namedWeights().forEach((name, weight) -> shapes.put(name,
        Arrays.stream(weight.shape().getShape()).mapToObj(Long::toString).collect(Collectors.joining(","))));
    return shapes;
  }

  private static Map<String, String> reference(String name) throws IOException {
    Path file = Goldens.FOLDER.resolve("state-dicts").resolve(name + ".txt.gz");
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> line.split("\t"))
          .collect(Collectors.toMap(fields -> fields[0], fields -> fields[1], (a, b) -> b, TreeMap::new));
    }
  }
}
