package dev.kasane.plugin.diffusers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.diffusion.checkpoint.KnownBase;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MangledKeysTest {
  private static final String LAYER = "mid_block.attentions.0.proj_in";
  private static final Map<String, Collection<String>> LAYERS = KnownBase.SD1.layers();

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "unet." + LAYER + ".hada_w1_a|no parameter",
      "unet.unet." + LAYER + ".lora_A.weight|meant to be 'unet.mid_block",
      "base_model.model.unet." + LAYER + ".lora_A.weight|meant to be 'unet.mid_block",
      "unet." + LAYER + "x.lora_A.weight|nearest is mid_block.attentions.0.proj_in",
      "text_encoder_2.text_model.encoder.layers.0.mlp.fc1.lora_A.weight|second text encoder",
      "transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight|another kind of base",
      "unet.down_blocks.2.attentions.1.transformer_blocks.9.attn1.to_q.lora_A.weight|only SDXL has"})
  void saysWhatAKeyMostLikelyIs(String key, String expected) {
    assertThat(new MangledKeys(new PipelineLayers(LAYERS)).of(key)).contains(expected);
  }

  @Test
  void saysWhichPartWasNotOpened() {
    MangledKeys text = new MangledKeys(new PipelineLayers(Map.of("text_encoder", List.of())));
    assertThat(text.of("unet." + LAYER + ".lora_A.weight")).contains("U-Net, which was not opened");
    MangledKeys unet = new MangledKeys(new PipelineLayers(Map.of("unet", List.of())));
    assertThat(unet.of("text_encoder.x.lora_A.weight")).contains("text encoder, which was not opened");
  }

  @Test
  void repairsOnlyWhatIsCertain() {
    DiffusersFormat format = new DiffusersFormat();
    String sound = "unet." + LAYER + ".lora_A.weight";
    assertThat(format.repair(Set.of("unet." + sound), LAYERS)).contains(Map.of("unet." + sound, sound));
    assertThat(format.repair(Set.of(sound), LAYERS)).isEmpty();
    assertThat(format.repair(Set.of(sound, "unet." + sound), LAYERS)).isEmpty();
    assertThat(format.repair(Set.of("unet.unet.nothing.lora_A.weight"), LAYERS)).isEmpty();
  }
}
