package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.inspect.AdapterFiles;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files as ComfyUI, OneTrainer and LyCORIS write them, by way of the commands. */
@ExtendWith(Distribution.class)
class ForeignAdaptersIT {
  private static final String TINY = Path.of(System.getProperty("kasane.root"),
      "unet-attention/src/test/resources/golden/sd1-tiny").toString();
  private static final String UNET = "input_blocks.4.1.transformer_blocks.0.attn2.to_k.";
  private static final String CONVOLUTION = "input_blocks.4.0.in_layers.2.";
  private static final String TEXT = "text_model.encoder.layers.0.mlp.fc1.";

  @TempDir
  private Path folder;
  private CommandHarness kasane = new CommandHarness();

  private int run(Object... arguments) {
    kasane = new CommandHarness();
    return kasane.run(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }

  /** LoRA on two layers of the U-Net and one of the text encoder, each with a number that scales it. */
  private Path file(String unet, String text, String up, String down, String... more) throws IOException {
    List<String> tensors = new ArrayList<>(List.of(unet + UNET + up + " 16,2", unet + UNET + down + " 2,32",
        unet + CONVOLUTION + up + " 16,2,1,1", unet + CONVOLUTION + down + " 2,8,3,3",
        text + TEXT + up + " 64,2", text + TEXT + down + " 2,32"));
    tensors.addAll(List.of(more));
    return AdapterFiles.writeRandom(folder.resolve("given.safetensors"), tensors.toArray(String[]::new));
  }

  private JsonNode inspected(Path file) throws IOException {
    assertThat(run("inspect", "--json", file)).isZero();
    return new ObjectMapper().readTree(kasane.out());
  }

  private byte[] drawn(String name, Object... more) throws IOException {
    Path picture = folder.resolve(name + ".png");
    List<Object> arguments = new ArrayList<>(List.of("generate", "image", "--base", TINY, "--prompt", "a cat", "--seed",
        "3", "--steps", "2", "--size", "64x64", "--out", picture));
    arguments.addAll(List.of(more));
    assertThat(run(arguments.toArray())).as(kasane.err()).isZero();
    byte[] bytes = Files.readAllBytes(picture);
    // The pictures say which file they were drawn with; the pixels come behind that.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return Arrays.copyOfRange(bytes, text.indexOf("IDAT"), bytes.length);
  }

  @ParameterizedTest
  @CsvSource({
      "diffusion_model.,text_encoders.clip_l.transformer.,lora_up.weight,lora_down.weight,diff_b 16",
      "diffusion_model.,text_encoders.clip_l.transformer.,lora_B.weight,lora_A.weight,alpha 1",
      "unet.,clip_l.,lora_up.weight,lora_down.weight,alpha 1,1"})
  void areInspectedDrawnConvertedAndMerged(String unet, String text, String up, String down, String more)
      throws IOException {
    Path file = file(unet, text, up, down, unet + CONVOLUTION + more);
    JsonNode facts = inspected(file);
    assertThat(facts.at("/format").asText()).isEqualTo("kohya");
    assertThat(facts.at("/method").asText()).isEqualTo("locon");
    assertThat(facts.at("/modules").asInt()).isEqualTo(3);
    assertThat(facts.at("/targets/text_encoder").asInt()).isEqualTo(1);
    assertThat(facts.at("/problems")).isEmpty();

    byte[] picture = drawn("given", "--adapter", file);
    assertThat(picture).isNotEqualTo(drawn("bare"));
    Path converted = folder.resolve("converted.safetensors");
    assertThat(run("convert", file, converted, "--to", "kohya", "--base", TINY)).as(kasane.err()).isZero();
    assertThat(drawn("converted", "--adapter", converted)).isEqualTo(picture);
    // Merging compares the merged weights with the attached adapter.
    assertThat(run("merge", "--base", TINY, "--adapter", file, "--out", folder.resolve("merged")))
        .as(kasane.err()).isZero();
  }

  @Test
  void wholeWeightsBesideAnAdapterAreNamedAndLeftOutWhereThatIsAccepted() throws IOException {
    Path file = file("diffusion_model.", "clip_l.", "lora_up.weight", "lora_down.weight",
        "cond_stage_model.transformer." + TEXT + "weight 64,32", "bundle_emb.ink.clip_l 2,32", "emb_params 2,32");
    List<Object> draw = List.of("generate", "image", "--base", TINY, "--prompt", "a cat", "--steps", "1", "--size",
        "64x64", "--out", folder.resolve("p.png"), "--adapter", file);
    assertThat(run(draw.toArray())).isEqualTo(1);
    assertThat(kasane.err()).contains("fc1.weight: is a whole weight of a model beside the adapter",
        "emb_params: is a learned word", "--adapter-accept unmatched");
    List<Object> accepting = new ArrayList<>(draw);
    accepting.addAll(List.of("--adapter-accept", "unmatched"));
    assertThat(run(accepting.toArray())).as(kasane.err()).isZero();
    assertThat(kasane.err()).contains("prompts may use ink");
  }

  private static Path reported(String name) {
    return SharedData.path("reports/" + name);
  }

  /** What the adapter of the first layer is scaled by is alpha/rank, with rank 4; none means the rank. */
  @ParameterizedTest
  @CsvSource({"adapters/alpha_11.safetensors,2", "adapters/comfy_save.safetensors,",
      "adapters/ot_ldm_dotted.safetensors,4", "adapters/scalar.safetensors,2",
      "cases/comfy-saved/adapter.safetensors,", "cases/alpha-1x1/adapter.safetensors,2",
      "cases/onetrainer-ldm-keys/adapter.safetensors,4"})
  void reportedFilesAreRead(String name, Float alpha) throws IOException {
    Path file = reported(name);
    JsonNode facts = inspected(file);
    assertThat(facts.at("/method").asText()).isEqualTo("locon");
    assertThat(facts.at("/modules").asInt()).isEqualTo(5);
    Path converted = folder.resolve("converted.safetensors");
    assertThat(run("convert", file, converted, "--to", "kohya", "--base", "demo")).as(kasane.err()).isZero();
    String layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
    try (SafetensorsFile before = SafetensorsFile.open(file); SafetensorsFile after = SafetensorsFile.open(converted)) {
      String given = before.tensors().keySet().stream()
          .filter(key -> key.endsWith("attn1.to_q.lora_up.weight") || key.endsWith("attn1_to_q.lora_up.weight"))
          .findFirst().orElseThrow();
      assertThat(after.readFloats(layer + ".lora_up.weight")).containsExactly(before.readFloats(given));
      assertThat(after.readFloats(layer + ".lora_down.weight"))
          .containsExactly(before.readFloats(given.replace("lora_up", "lora_down")));
      Map<String, ?> tensors = after.tensors();
      assertThat(tensors.containsKey(layer + ".alpha")).isEqualTo(alpha != null);
      assertThat(tensors).doesNotContainKey(layer + ".scalar");
      if (alpha != null) {
        assertThat(after.readFloats(layer + ".alpha")).containsExactly(alpha);
      }
    }
  }

  @Test
  void magnitudesThatCanBeOfEitherSideAreRefused() {
    Path file = reported("adapters/dora_in_flat.safetensors");
    assertThat(run("convert", file, folder.resolve("never"), "--to", "kohya", "--base", "demo")).isEqualTo(1);
    assertThat(kasane.err())
        .contains("dora_scale is a flat list of 96 numbers", "as many outputs as inputs", "(1, 96)");
  }
}
