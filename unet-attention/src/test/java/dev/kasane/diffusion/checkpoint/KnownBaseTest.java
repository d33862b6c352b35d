package dev.kasane.diffusion.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.diffusion.Goldens;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The built-in descriptions against the reference's models, built from the published configurations. */
class KnownBaseTest {
  @ParameterizedTest
  @CsvSource({"SD1,sd15,unet,686", "SD1,sd15,text_encoder,196", "SD2,sd21,unet,686",
      "SD2,sd21,text_encoder,372", "SDXL,sdxl,unet,1680", "SDXL,sdxl,text_encoder,196",
      "SDXL,sdxl,text_encoder_2,517"})
  void hasTheReferencesWeights(KnownBase base, String file, String part, int count) throws IOException {
    Map<String, Shape> built = base.weights().get(part);
    assertThat(built).hasSize(count);
    assertThat(new TreeMap<>(built)).isEqualTo(reference(file + "-" + part));
  }

  @ParameterizedTest
  @CsvSource({"SD1,unet,282,109", "SD1,text_encoder,74,25", "SD2,text_encoder,140,47", "SDXL,unet,794,256",
      "SDXL,text_encoder,74,25", "SDXL,text_encoder_2,195,65"})
  void listsLinearLayersConvolutionsEmbeddingsAndNorms(KnownBase base, String part, int count, int norms) {
    assertThat(base.components().get(part).adaptableLayers()).hasSize(count);
    assertThat(base.layers().get(part)).hasSize(count + norms);
  }

  @Test
  void listsNormalisationsOnRequest() {
    assertThat(KnownBase.SD1.weightedLayers().get("unet"))
        .containsAll(KnownBase.SD1.layers().get("unet"))
        .contains("conv_norm_out", "mid_block.resnets.0.norm1",
            "mid_block.attentions.0.transformer_blocks.0.norm2");
  }

  @Test
  void isFoundByName() {
    assertThat(KnownBase.of("sdxl")).contains(KnownBase.SDXL);
    assertThat(KnownBase.of("llm")).isEmpty();
  }

  @Test
  void declaredLayersTellTheirShapeButHaveNoValues() {
    AdaptableLayer layer = KnownBase.SDXL.components().get("unet").adaptableLayers()
        .get("mid_block.attentions.0.transformer_blocks.9.attn2.to_k");
    assertThat(layer.outputs()).isEqualTo(1280);
    assertThat(layer.inputs()).isEqualTo(2048);
    assertThatThrownBy(() -> layer.weight().materialise(null)).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("declared");
  }

  private static Map<String, Shape> reference(String name) throws IOException {
    Path file = Goldens.FOLDER.resolve("state-dicts").resolve(name + ".txt.gz");
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> line.split("\t")).collect(Collectors.toMap(fields -> fields[0],
          fields -> new Shape(Arrays.stream(fields[1].split(",")).mapToLong(Long::parseLong).toArray()),
          (a, b) -> b, TreeMap::new));
    }
  }
}
