package dev.kasane.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.diffusion.vae.AutoencoderKL;
import dev.kasane.diffusion.vae.VaeConfig;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pass leaves its result in the caller's scope and nothing else. Inner results that stay open until the
 * scope ends cost as much memory as all activations together, in training and even more so in drawing.
 */
class LeftoversTest {
  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
  void denoisingLeavesThePrediction(String model) {
    UNetConfig config = UNetConfig.of(Goldens.json(model + "/unet/config.json"), model);
    UNet2DConditionModel unet = Goldens.load(
        new UNet2DConditionModel(config), model + "/unet/diffusion_pytorch_model.safetensors", scope);
    NDArray sample = golden(model, "unet.sample");
    NDArray timesteps = golden(model, "unet.timesteps");
    NDArray context = golden(model, "unet.encoder_hidden_states");
    assertThat(leftBy(() -> unet.forward(sample, timesteps, context))).isEqualTo(1);
    unet.namedWeights().values().iterator().next().dense(scope).setRequiresGradient(true);
    try (GradMode on = GradMode.on()) {
      assertThat(leftBy(() -> unet.forward(sample, timesteps, context))).isEqualTo(1);
    }
  }

  @Test
  void theAutoencoderLeavesItsResult() {
    VaeConfig config = VaeConfig.of(Goldens.json("sd1-tiny/vae/config.json"), "sd1-tiny");
    AutoencoderKL vae = Goldens.load(
        new AutoencoderKL(config), "sd1-tiny/vae/diffusion_pytorch_model.safetensors", scope);
    NDArray picture = golden("sd1-tiny", "vae.picture");
    NDArray latents = golden("sd1-tiny", "vae.latent");
    assertThat(leftBy(() -> vae.encodeMoments(picture))).isEqualTo(1);
    assertThat(leftBy(() -> vae.decode(latents))).isEqualTo(1);
  }

  private int leftBy(Supplier<NDArray> pass) {
    int before = scope.getManagedArrays().size();
    NDArray result = pass.get();
    assertThat(result.getManager()).isSameAs(scope);
    return scope.getManagedArrays().size() - before;
  }

  private NDArray golden(String model, String name) {
    return Goldens.tensor(model + "/expected.safetensors", name, scope);
  }
}
