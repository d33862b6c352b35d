package dev.kasane.diffusion.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.kasane.core.checkpoint.TensorTransform;
import dev.kasane.diffusion.unet.UNetConfig;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables cover every tensor of the full-size models, one to one. */
class NameTablesTest {
  private static final List<Boolean> DOWN = List.of(true, true, true, false);
  private static final List<Boolean> UP = List.of(false, true, true, true);
  private static final NameTable UNET = UNetNames.of(new UNetLayout(2, DOWN, UP));

  @ParameterizedTest
  @ValueSource(strings = {"sd15-unet", "sd21-unet"})
  void unet(String model) throws IOException {
    assertOneToOne(UNET, GoldenBases.stateDict(model).keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd15-vae", "sd21-vae"})
  void vae(String model) throws IOException {
    assertOneToOne(VaeNames.table(4, 2), GoldenBases.stateDict(model).keySet());
  }

  private static void assertOneToOne(NameTable table, Set<String> names) {
    Set<String> originals = new HashSet<>();
    for (String name : names) {
      String original = table.original(name).orElseThrow(() -> new AssertionError("No place for " + name));
      assertThat(table.diffusers(original)).as(original).contains(name);
      assertThat(originals.add(original)).as(original).isTrue();
    }
  }

  @Test
  void openClipGivesEveryTensorOnce() throws IOException {
    Set<String> names = GoldenBases.stateDict("sd21-text_encoder").keySet();
    OpenClipNames places = new OpenClipNames(23);
    NameTable table = OpenClipNames.table(23);
    Set<String> given = new HashSet<>();
    for (String name : names) {
      String original = table.original(name).orElseGet(() -> fused(name));
      for (PartNames.Placed each : places.place(original).orElseThrow()) {
        given.add(each.name());
      }
    }
    assertThat(given).isEqualTo(new HashSet<>(names));
    assertThat(places.place("transformer.resblocks.23.ln_1.weight")).contains(List.of());
    assertThat(places.place("text_projection")).contains(List.of());
    assertThat(places.place("visual.proj")).isEmpty();
  }

  private static String fused(String name) {
    return name.replace("text_model.encoder.layers", "transformer.resblocks")
        .replaceAll("self_attn\\.[qkv]_proj\\.", "attn.in_proj_");
  }

  @Test
  void fusedRowsAreQueryKeyValueInThisOrder() {
    assertThat(new OpenClipNames(2).place("transformer.resblocks.1.attn.in_proj_bias").orElseThrow())
        .extracting(PartNames.Placed::name, PartNames.Placed::transform).containsExactly(
            tuple("text_model.encoder.layers.1.self_attn.q_proj.bias",
                new TensorTransform.RowPart(0, 3)),
            tuple("text_model.encoder.layers.1.self_attn.k_proj.bias",
                new TensorTransform.RowPart(1, 3)),
            tuple("text_model.encoder.layers.1.self_attn.v_proj.bias",
                new TensorTransform.RowPart(2, 3)));
  }

  /** Pairs that the community's adapter files rely on. */
  @ParameterizedTest
  @CsvSource({
      "input_blocks.4.0.skip_connection.weight, down_blocks.1.resnets.0.conv_shortcut.weight",
      "input_blocks.9.0.op.bias, down_blocks.2.downsamplers.0.conv.bias",
      "input_blocks.11.0.emb_layers.1.weight, down_blocks.3.resnets.1.time_emb_proj.weight",
      "middle_block.1.transformer_blocks.0.attn2.to_k.weight, "
          + "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight",
      "output_blocks.2.1.conv.weight, up_blocks.0.upsamplers.0.conv.weight",
      "output_blocks.5.2.conv.weight, up_blocks.1.upsamplers.0.conv.weight",
      "output_blocks.11.1.proj_out.weight, up_blocks.3.attentions.2.proj_out.weight",
      "time_embed.2.weight, time_embedding.linear_2.weight"})
  void unetPairs(String original, String diffusers) {
    assertThat(UNET.diffusers(original)).contains(diffusers);
    assertThat(UNET.original(diffusers)).contains(original);
  }

  @Test
  void unknownNamesHaveNoPlace() {
    assertThat(UNET.diffusers("input_blocks.12.0.op.weight")).isEmpty();
    assertThat(UNET.diffusers("label_emb.0.0.weight")).isEmpty();
    assertThatThrownBy(() -> new NameTable().pair("a", "b").pair("c", "b"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void layoutComesFromTheConfigurationToo() {
    try (BaseCheckpoint base = BaseCheckpoint.open(GoldenBases.path("sd1-tiny"))) {
      UNetConfig config = UNetConfig.of(base.config(BasePart.UNET), base.configOrigin(BasePart.UNET));
      assertThat(UNetNames.of(config).original("up_blocks.1.upsamplers.0.conv.weight"))
          .contains("output_blocks.5.2.conv.weight");
    }
  }
}
