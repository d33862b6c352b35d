package dev.kasane.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.diffusion.vae.AutoencoderKL;
import dev.kasane.diffusion.vae.VaeConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each model against diffusers and transformers on the same weights and inputs, float32. */
class EngineParityTest {
  private static final double TOLERANCE = 1e-5;

  private NDManager scope;
  private GradMode off;

  @BeforeEach
  void open() {
    scope = Engines.newManager();
    off = GradMode.off();
  }

  @AfterEach
  void close() {
    off.close();
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny,unet", "sd1-tiny,unet_wide", "sd1-tiny,unet_odd", "sd1-tiny,unet_fraction",
      "sd2-tiny,unet", "sd2-tiny,unet_wide", "sd2-tiny,unet_odd", "sd2-tiny,unet_fraction"})
  void unet(String model, String run) {
    UNetConfig config = UNetConfig.of(Goldens.json(model + "/unet/config.json"), model);
    UNet2DConditionModel unet = Goldens.load(
        new UNet2DConditionModel(config), model + "/unet/diffusion_pytorch_model.safetensors", scope);
    NDArray output = unet.forward(
        golden(model, run + ".sample"), golden(model, run + ".timesteps"),
        golden(model, run + ".encoder_hidden_states"));
    assertThat(Goldens.relativeError(output, golden(model, run + ".output"))).isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny,vae", "sd1-tiny,vae_wide", "sd2-tiny,vae", "sd2-tiny,vae_wide"})
  void autoencoder(String model, String run) {
    VaeConfig config = VaeConfig.of(Goldens.json(model + "/vae/config.json"), model);
    AutoencoderKL vae = Goldens.load(
        new AutoencoderKL(config), model + "/vae/diffusion_pytorch_model.safetensors", scope);
    NDArray moments = vae.encodeMoments(golden(model, run + ".picture"));
    NDArray expected = golden(model, run + ".mean").concat(golden(model, run + ".logvar"), 1);
    assertThat(Goldens.relativeError(moments, expected)).isLessThan(TOLERANCE);
    NDArray decoded = vae.decode(golden(model, run + ".latent"));
    assertThat(Goldens.relativeError(decoded, golden(model, run + ".decoded"))).isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
  void textEncoder(String model) {
    ClipConfig config = ClipConfig.of(Goldens.json(model + "/text_encoder/config.json"), model);
    ClipTextModel text =
        Goldens.load(new ClipTextModel(config), model + "/text_encoder/model.safetensors", scope);
    NDArray ids = golden(model, "text.ids");
    assertThat(Goldens.relativeError(text.forward(ids), golden(model, "text.last_hidden_state")))
        .isLessThan(TOLERANCE);
    assertThat(Goldens.relativeError(
        text.forward(ids, 1, DataType.FLOAT32), golden(model, "text.penultimate_normed")))
        .isLessThan(TOLERANCE);
  }

  @Test
  void unetOfXl() {
    UNetConfig config = UNetConfig.of(Goldens.json("xl-tiny/unet/config.json"), "xl-tiny");
    UNet2DConditionModel unet = Goldens.load(
        new UNet2DConditionModel(config), "xl-tiny/unet/diffusion_pytorch_model.safetensors", scope);
    NDArray output = unet.forward(golden("xl-tiny", "unet.sample"), golden("xl-tiny", "unet.timesteps"),
        golden("xl-tiny", "unet.encoder_hidden_states"), golden("xl-tiny", "text.pooled"),
        golden("xl-tiny", "unet.numbers"));
    assertThat(Goldens.relativeError(output, golden("xl-tiny", "unet.output"))).isLessThan(TOLERANCE);
    assertThatThrownBy(() -> unet.forward(golden("xl-tiny", "unet.sample"),
        golden("xl-tiny", "unet.timesteps"), golden("xl-tiny", "unet.encoder_hidden_states")))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("pooled text");
  }

  @Test
  void secondTextEncoderOfXl() {
    JsonNode json = Goldens.json("xl-tiny/text_encoder_2/config.json");
    ClipConfig config =
        ClipConfig.of(json, "xl-tiny").withProjection(json.path("projection_dim").asInt());
    ClipTextModel text =
        Goldens.load(new ClipTextModel(config), "xl-tiny/text_encoder_2/model.safetensors", scope);
    NDArray ids = golden("xl-tiny", "text.ids");
    assertThat(Goldens.relativeError(text.forward(ids), golden("xl-tiny", "text.last_hidden_state")))
        .isLessThan(TOLERANCE);
    assertThat(Goldens.relativeError(text.pooled(ids), golden("xl-tiny", "text.pooled")))
        .isLessThan(TOLERANCE);
  }

  private NDArray golden(String model, String name) {
    return Goldens.tensor(model + "/expected.safetensors", name, scope);
  }
}
