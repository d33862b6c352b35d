package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.KeyRepair;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.plugin.lora.LoraMethod;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyRepairsTest {
  private static final String LAYER = "lora_unet_mid_block_attentions_0_proj_in";

  @TempDir
  Path folder;
  private final KohyaFormat format = new KohyaFormat();

  @ParameterizedTest
  @CsvSource({
      "lora_unet_unet_mid_block_attentions_0_proj_in_lora_up," + LAYER + ".lora_up.weight",
      "lora_unet_unet_mid_block_attentions_0_proj_in.alpha," + LAYER + ".alpha",
      "lora_unet_lora_unet_mid_block_attentions_0_proj_in_alpha," + LAYER + ".alpha",
      "unet_mid_block_attentions_0_proj_in.lora_down.weight," + LAYER + ".lora_down.weight",
      "lora_te_text_encoder_text_model_encoder_layers_0_mlp_fc1_lora_down.weight,"
          + "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight"})
  void undoesKnownFaults(String key, String meant) {
    assertThat(format.repair(Set.of(key), KnownBase.SD1.layers())).contains(Map.of(key, meant));
  }

  @Test
  void proposesNothingThatIsNotCertain() {
    Map<String, Collection<String>> layers = KnownBase.SD1.layers();
    assertThat(format.repair(Set.of(LAYER + ".alpha"), layers)).isEmpty();
    assertThat(format.repair(Set.of("lora_unet_unet_nothing_lora_up.weight"), layers)).isEmpty();
    assertThat(format.repair(Set.of(LAYER + ".alpha", LAYER + "_alpha"), layers)).isEmpty();
  }

  @Test
  void realMangledFileIsRefusedAndFitsWhenRepaired() throws IOException {
    Path file = SharedData.path("adapters/sd15-style.mangled-kohya-prefix.safetensors");
    try (NDManager scope = Engines.newManager()) {
      AdapterModel mangled = format.read(file, KnownBase.SD1.layers(), scope);
      assertThatThrownBy(() -> Injector.restore(
          KnownBase.SD1.components(), mangled, List.of(new LoraMethod()), 1, scope))
          .isInstanceOf(UserException.class).hasMessageContaining("'lora_unet_unet_' for 'lora_unet_'")
          .hasMessageContaining("«convert, repair»");
      Path repaired = folder.resolve("repaired.safetensors");
      KeyRepair.copy(file, format.repair(keys(file), KnownBase.SD1.layers()).orElseThrow(), repaired);
      AdapterModel read = format.read(repaired, KnownBase.SD1.layers(), scope);
      Injector.Restored restored = Injector.restore(
          KnownBase.SD1.components(), read, List.of(new LoraMethod()), 1, scope);
      restored.report().requireComplete();
      assertThat(restored.report().matched()).hasSize(128);
    }
  }

  private static Set<String> keys(Path file) {
    try (TensorSource source = TensorSources.open(file)) {
      return source.names();
    }
  }
}
