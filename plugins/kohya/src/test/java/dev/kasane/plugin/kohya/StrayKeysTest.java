package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.Engines;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrayKeysTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "lora_unet_unet_mid_block_attentions_0_proj_in.lora_up.weight|'lora_unet_unet_' for 'lora_unet_'",
      "lora_unet_unet_mid_block_attentions_0_proj_in_lora_up.weight|meant for unet layer mid_block",
      "lora_unet_mid_block_attentions_0_proj_in_lora_down.weight|parameter joined on",
      "lora_unet_unet_nothing.lora_up.weight|even repaired it fits no layer",
      "lora_te2_text_model_encoder_layers_0_mlp_fc1.alpha|second text encoder",
      "lora_unet_input_blocks_4_1_transformer_blocks_1_attn1_to_k.alpha|only SDXL has",
      "lora_unet_label_emb_0_0.alpha|only SDXL has",
      "lora_unet_mid_block_attentions_0_proj_inn.alpha|nearest is lora_unet_mid_block_attentions_0_proj_in",
      "bundle_emb.style.string_to_param.0|textual inversion",
      "lora_unet_mid_block|no parameter name",
      "diffusion_model.input_blocks.4.1.transformer_blocks.1.attn1.to_k.lora_up.weight|only SDXL has",
      "unet.middle_block.1.proj_inn.lora_up.weight|nearest is unet.middle_block.1.proj_in",
      "text_encoders.clip_g.transformer.text_model.encoder.layers.0.mlp.fc1.lora_up.weight|second text encoder",
      "cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.weight|whole weight of a model",
      "bundle_emb.ink.clip_l_out|adds to the text encoder's output",
      "string_to_param.*|learned word",
      "something.else|none of the prefixes"})
  void saysWhatAKeyMostLikelyIs(String key, String expected) throws IOException {
    assertThat(new StrayKeys(new KeyTable(BaseLayers.sd15())).of(key)).contains(expected);
  }

  @Test
  void saysWhichPartWasNotOpened() {
    KeyTable unetOnly = new KeyTable(Map.of("unet", List.of("conv_in")));
    assertThat(new StrayKeys(unetOnly).of("lora_te_text_model_encoder_layers_0_mlp_fc1.alpha"))
        .contains("text encoder, which was not opened");
    KeyTable textOnly = new KeyTable(Map.of("text_encoder", List.of("text_model.encoder.layers.0.mlp.fc1")));
    assertThat(new StrayKeys(textOnly).of("lora_unet_conv_in.alpha"))
        .contains("U-Net, which was not opened");
  }

  @Test
  void realMangledFileIsNamedAsSuch() throws IOException {
    Path file = SharedData.path("adapters/sd15-style.mangled-kohya-prefix.safetensors");
    try (NDManager scope = Engines.newManager()) {
      AdapterModel read = new KohyaFormat().read(file, BaseLayers.sd15(), scope);
      assertThat(read.components()).isEmpty();
      assertThat(read.unmatched()).hasSize(256).allSatisfy(each ->
          assertThat(each.reason()).contains("mangled", "it was meant for unet layer"));
    }
  }
}
