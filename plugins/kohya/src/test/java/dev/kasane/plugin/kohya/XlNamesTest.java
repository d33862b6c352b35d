package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.KnownBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stable Diffusion XL: two text encoders, and block names in either style. */
class XlNamesTest {
  private final Map<String, Collection<String>> layers = KnownBase.SDXL.layers();
  private final KeyTable table = new KeyTable(layers);

  @ParameterizedTest
  @CsvSource({
      "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k,unet,"
          + "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k",
      "lora_unet_input_blocks_8_1_transformer_blocks_9_ff_net_0_proj,unet,"
          + "down_blocks.2.attentions.1.transformer_blocks.9.ff.net.0.proj",
      "lora_unet_down_blocks_2_attentions_1_transformer_blocks_9_ff_net_0_proj,unet,"
          + "down_blocks.2.attentions.1.transformer_blocks.9.ff.net.0.proj",
      "lora_unet_output_blocks_2_2_conv,unet,up_blocks.0.upsamplers.0.conv",
      "lora_unet_output_blocks_5_2_conv,unet,up_blocks.1.upsamplers.0.conv",
      "lora_unet_input_blocks_6_0_op,unet,down_blocks.1.downsamplers.0.conv",
      "lora_unet_middle_block_1_proj_in,unet,mid_block.attentions.0.proj_in",
      "lora_unet_label_emb_0_2,unet,add_embedding.linear_2",
      "lora_te1_text_model_encoder_layers_11_mlp_fc1,text_encoder,text_model.encoder.layers.11.mlp.fc1",
      "lora_te2_text_model_encoder_layers_31_self_attn_out_proj,text_encoder_2,"
          + "text_model.encoder.layers.31.self_attn.out_proj",
      "lora_te2_text_projection,text_encoder_2,text_projection"})
  void findsLayersInBothStyles(String name, String component, String path) {
    assertThat(table.find(name)).get().satisfies(place -> {
      assertThat(place.component()).isEqualTo(component);
      assertThat(place.path()).isEqualTo(path);
    });
  }

  @Test
  void normalisationsHaveNamesToo() {
    KeyTable all = new KeyTable(KnownBase.SDXL.weightedLayers());
    assertThat(all.find("lora_unet_input_blocks_4_0_in_layers_0")).get()
        .extracting(KeyTable.Place::path).isEqualTo("down_blocks.1.resnets.0.norm1");
    assertThat(all.find("lora_unet_out_0")).get().extracting(KeyTable.Place::path).isEqualTo("conv_norm_out");
    assertThat(all.find("lora_te2_text_model_final_layer_norm")).isPresent();
  }

  /** Stays under target for check_xl_names.py, which asks diffusers what it makes of the names. */
  @Test
  void aFileForEveryLayerIsReadBack() throws IOException {
    Path file = Files.createDirectories(Path.of("target", "written")).resolve("xl-names.safetensors");
    try (NDManager scope = Engines.newManager()) {
      Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
      NDArray one = scope.ones(new Shape(1, 1));
      layers.forEach((component, paths) -> components.put(component, paths.stream().map(path ->
          new AdapterModule(path, Map.of("lora_down.weight", one, "lora_up.weight", one), Map.of("alpha", 1.0)))
          .toList()));
      new KohyaFormat().write(new AdapterModel(components, List.of(), Map.of()), file, ElementType.FLOAT32);
      AdapterModel read = new KohyaFormat().read(file, layers, scope);
      assertThat(read.unmatched()).isEmpty();
      layers.forEach((component, paths) -> assertThat(read.components().get(component))
          .extracting(AdapterModule::path).containsExactlyInAnyOrderElementsOf(paths));
    }
  }

  @Test
  void writesOriginalBlockNamesThatLeadBack() {
    WrittenNames names = new WrittenNames(layers.keySet(), true);
    Set<String> written = new HashSet<>();
    layers.forEach((component, paths) -> paths.forEach(path -> {
      String name = names.of(component, path);
      assertThat(written.add(name)).as(name).isTrue();
      assertThat(table.find(name)).get().satisfies(place ->
          assertThat(place.component() + " " + place.path()).isEqualTo(component + " " + path));
    }));
    assertThat(written).hasSize(1050 + 99 + 260).noneMatch(name -> name.contains("down_blocks"))
        .contains("lora_unet_input_blocks_4_1_proj_in", "lora_te1_text_model_encoder_layers_0_mlp_fc1");
  }
}
