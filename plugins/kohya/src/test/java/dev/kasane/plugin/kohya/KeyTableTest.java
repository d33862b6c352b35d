package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTableTest {
  @Test
  void everyLayerOfSd15HasItsOwnNames() throws IOException {
    Map<String, Collection<String>> layers = BaseLayers.sd15();
    assertThat(layers.get("unet")).hasSize(282);
    assertThat(layers.get("text_encoder")).hasSize(72);
    KeyTable table = new KeyTable(layers);
    layers.forEach((component, paths) -> paths.forEach(path -> {
      String name = new WrittenNames(layers.keySet(), false).of(component, path);
      assertThat(table.find(name)).contains(new KeyTable.Place(component, path, false));
    }));
    // Two spellings for the U-Net, flattened under three prefixes and dotted under five; for the text encoder three and
    // eleven.
    assertThat(table.names()).hasSize(282 * 2 * (3 + 5) + 72 * (3 + 11));
  }

  @Test
  void originalNamesAreThoseOfTheOriginalCheckpoint() throws IOException {
    Collection<String> paths = BaseLayers.tiny().get("unet");
    OriginalNames names = new OriginalNames(paths);
    Set<String> mapped = paths.stream().map(path -> names.of(path).orElseThrow()).collect(Collectors.toSet());
    assertThat(new TreeSet<>(mapped)).isEqualTo(new TreeSet<>(BaseLayers.tinyOriginal()));
  }

  @ParameterizedTest
  @CsvSource({
      "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k,"
          + "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k",
      "lora_unet_input_blocks_3_0_op,down_blocks.0.downsamplers.0.conv",
      "lora_unet_middle_block_2_out_layers_3,mid_block.resnets.1.conv2",
      "lora_unet_output_blocks_2_1_conv,up_blocks.0.upsamplers.0.conv",
      "lora_unet_output_blocks_5_2_conv,up_blocks.1.upsamplers.0.conv",
      "lora_unet_output_blocks_11_0_skip_connection,up_blocks.3.resnets.2.conv_shortcut",
      "lora_unet_time_embed_2,time_embedding.linear_2",
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_out_0,"
          + "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0",
      "oft_unet_mid_block_attentions_0_proj_in,mid_block.attentions.0.proj_in",
      "lycoris_mid_block_attentions_0_proj_in,mid_block.attentions.0.proj_in"})
  void findsUnetLayers(String name, String path) throws IOException {
    assertThat(new KeyTable(BaseLayers.sd15()).find(name)).get()
        .satisfies(place -> assertThat(place.component()).isEqualTo("unet"))
        .satisfies(place -> assertThat(place.path()).isEqualTo(path));
  }

  @Test
  void findsTextLayersWithAndWithoutTheirRoot() {
    String shortened = "encoder.layers.0.self_attn.q_proj";
    for (String path : List.of(shortened, "text_model." + shortened)) {
      KeyTable table = new KeyTable(Map.of("text_encoder", List.of(path)));
      for (String prefix : List.of("lora_te_", "lora_te1_")) {
        assertThat(table.find(prefix + "text_model_encoder_layers_0_self_attn_q_proj")).get()
            .satisfies(place -> assertThat(place.path()).isEqualTo(path));
      }
      assertThat(new WrittenNames(Set.of("text_encoder"), false).of("text_encoder", path))
          .isEqualTo("lora_te_text_model_encoder_layers_0_self_attn_q_proj");
      assertThat(new WrittenNames(Set.of("text_encoder", "text_encoder_2"), false).of("text_encoder", path))
          .startsWith("lora_te1_");
    }
  }
}
