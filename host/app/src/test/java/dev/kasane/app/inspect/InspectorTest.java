package dev.kasane.app.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectorTest {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path KOHYA =
      ROOT.resolve("plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");
  private static final String K = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k";

  @TempDir
  private Path folder;

  private FileInspection inspect(Map<String, String> metadata, String... tensors) throws IOException {
    return Inspector.inspect(AdapterFiles.write(folder.resolve("file.safetensors"), metadata, tensors));
  }

  @Test
  void describesAKohyaFile() throws IOException {
    FileInspection found = Inspector.inspect(KOHYA);

    assertThat(found.problems()).isEmpty();
    assertThat(found.format()).isEqualTo("kohya");
    assertThat(found.method()).isEqualTo("lora");
    assertThat(found.base()).isEqualTo("sd1");
    assertThat(found.modules()).isEqualTo(215).isEqualTo(found.tensors() / 3);
    assertThat(found.ranks()).containsExactly(2L, 4L);
    assertThat(found.alphas()).containsExactly(3.0, 6.0);
    assertThat(found.missingAlphas()).isZero();
    assertThat(found.dtypes()).containsExactly("F16");
    assertThat(found.targets()).containsKeys("text_encoder", "down_blocks.0", "mid_block", "up_blocks.2");
    assertThat(found.targets().values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(found.modules());
    assertThat(found.training()).containsEntry("rank", "4").containsEntry("name", "tiny");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "sd15-style.diffusers-lora-layer.safetensors|diffusers|lora|sd1|128|4",
    "sd15-pokemon.diffusers-attn-processor.safetensors|diffusers|lora|sd1|128|4",
    "sd15-disney.cloneofsimo.safetensors|cloneofsimo|lora|sd1|192|1",
    "opt-peft-bf16|peft|lora|llm|24|16",
    "gpt2-peft|peft|lora|llm|12|8"
  })
  void describesFilesFromTheWild(
      String name, String format, String method, String base, int modules, long rank) throws IOException {
    FileInspection found = Inspector.inspect(wild(name));

    assertThat(found.problems()).isEmpty();
    assertThat(found.format()).isEqualTo(format);
    assertThat(found.method()).isEqualTo(method);
    assertThat(found.base()).isEqualTo(base);
    assertThat(found.modules()).isEqualTo(modules);
    assertThat(found.ranks()).containsExactly(rank);
  }

  @Test
  void namesTheManglingOfARealFile() throws IOException {
    FileInspection found = Inspector.inspect(wild("sd15-style.mangled-kohya-prefix.safetensors"));

    assertThat(found.problems()).singleElement().asString().startsWith("256 keys are mangled");
  }

  private static Path wild(String name) {
    Path file = Path.of(System.getProperty("kasane.shared"), "data", "adapters", name);
    assumeTrue(Files.exists(file), "the shared test data are not here");
    return file;
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "lora|.lora_down.weight 4,768;.lora_up.weight 320,4",
    "dora|.lora_down.weight 4,768;.lora_up.weight 320,4;.dora_scale 320,1",
    "loha|.hada_w1_a 320,4;.hada_w1_b 4,768;.hada_w2_a 320,4;.hada_w2_b 4,768",
    "lokr|.lokr_w1 16,16;.lokr_w2_a 20,4;.lokr_w2_b 4,48",
    "ia3|.weight 320;.on_input",
    "full|.diff 320,768",
    "oft|.oft_blocks 4,80,80"
  })
  void tellsMethodsByTheirParameters(String method, String parameters) throws IOException {
    FileInspection found = inspect(Map.of(),
        Arrays.stream(parameters.split(";")).map(parameter -> K + parameter).toArray(String[]::new));

    assertThat(found.method()).isEqualTo(method);
    assertThat(found.modules()).isEqualTo(1);
    assertThat(found.problems()).isEmpty();
    assertThat(found.ranks()).isSubsetOf(4L);
  }

  @ParameterizedTest
  @CsvSource({"768, sd1", "1024, sd2", "2048, sdxl", "99, unknown"})
  void guessesTheBaseByTheTextsWidth(String width, String base) throws IOException {
    assertThat(inspect(Map.of(), K + ".lora_down.weight 4," + width, K + ".lora_up.weight 320,4").base())
        .isEqualTo(base);
  }

  @Test
  void metadataKnowTheBaseBetter() throws IOException {
    Map<String, String> metadata = Map.of("ss_base_model_version", "sdxl_base_v1-0",
        "modelspec.trigger_phrase", "ink drawing", "ss_steps", "1200", "ss_seed", "None");
    FileInspection found = inspect(metadata, K + ".lora_down.weight 4,99", K + ".lora_up.weight 320,4");

    assertThat(found.base()).isEqualTo("sdxl");
    assertThat(found.triggerWords()).containsExactly("ink drawing");
    assertThat(found.training()).containsEntry("steps", "1200").doesNotContainKey("seed");
    assertThat(found.missingAlphas()).isEqualTo(1);
  }

  @Test
  void takesTheCommonestTagsForWantOfATriggerPhrase() throws IOException {
    String tags = "{\"10_ink\": {\"cat\": 3, \"ink\": 20}, \"5_more\": {\"cat\": 4}}";
    String[] tensors = {K + ".lora_down.weight 4,768", K + ".lora_up.weight 320,4"};

    assertThat(inspect(Map.of("ss_tag_frequency", tags), tensors).triggerWords())
        .containsExactly("ink", "cat");
    assertThat(inspect(Map.of("ss_tag_frequency", "{oops"), tensors).triggerWords()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    ".lora_down.weight 4,768|1 modules lack one of the parameters",
    ".lora_down.weight 4,768;.lora_up.weight 320,8|1 modules have factors of different ranks",
    ".lora_down.weight 0,768;.lora_up.weight 320,0|2 tensors are empty"
  })
  void findsWhatDoesNotBelongTogether(String parameters, String problem) throws IOException {
    FileInspection found = inspect(Map.of(),
        Arrays.stream(parameters.split(";")).map(parameter -> K + parameter).toArray(String[]::new));

    assertThat(found.problems()).singleElement().asString().startsWith(problem).contains(K);
  }

  @Test
  void saysWhenAFileIsNoAdapter() throws IOException {
    FileInspection found = Inspector.inspect(
        ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny-original.ckpt"));

    assertThat(found.container()).isEqualTo("pickle");
    assertThat(found.format()).isEqualTo("checkpoint");
    assertThat(found.method()).isEqualTo("none");
    assertThat(found.modules()).isZero();
    assertThat(found.problems()).isEmpty();
  }

  @Test
  void damageIsAProblemAndNotAFailure() throws IOException {
    byte[] whole = Files.readAllBytes(KOHYA);
    Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, whole.length / 2));
    Path pointer = Files.writeString(folder.resolve("pointer.safetensors"),
        "version https://git-lfs.github.com/spec/v1\n", StandardCharsets.UTF_8);
    Path empty = Files.createFile(folder.resolve("empty.safetensors"));

    assertThat(Inspector.inspect(cut).problems()).singleElement().asString().contains(cut.toString());
    assertThat(Inspector.inspect(pointer).problems()).singleElement().asString().contains("Git LFS");
    assertThat(Inspector.inspect(empty).problems()).singleElement().asString().contains("empty");
    assertThat(Inspector.inspect(empty).isSound()).isFalse();
  }

  @Test
  void absenceIsAFailure() {
    assertThatThrownBy(() -> Inspector.inspect(folder.resolve("no.safetensors")))
        .isInstanceOf(UserException.class).hasMessageContaining("no such file");
    assertThatThrownBy(() -> Inspector.inspect(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining("adapter_model.safetensors");
  }

  @Test
  void hashesTheWholeFile() throws IOException {
    Path file = Files.writeString(folder.resolve("abc"), "abc");

    // FIPS 180-2, appendix B.1.
    assertThat(Inspector.withHashes(Inspector.inspect(file)).hashes())
        .containsEntry("SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        .containsEntry("AutoV2", "ba7816bf8f");
    assertThat(Inspector.inspect(file).hashes()).isNull();
  }
}
