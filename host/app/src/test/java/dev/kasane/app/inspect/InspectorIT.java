package dev.kasane.app.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectorIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path KOHYA =
      ROOT.resolve("plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");
  private static final String K = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k";

  @TempDir
  private Path folder;

  private FileInspection inspect(Map<String, String> metadata, String... tensors) throws IOException {
    return Installed.inspect(AdapterFiles.write(folder.resolve("file.safetensors"), metadata, tensors));
  }

  @Test
  void describesAKohyaFile() throws IOException {
    FileInspection found = Installed.inspect(KOHYA);

    assertThat(found.problems()).isEmpty();
    assertThat(found.kind().format()).isEqualTo("kohya");
    assertThat(found.kind().method()).isEqualTo("locon");
    assertThat(found.kind().base()).isEqualTo("sd1");
    assertThat(found.adapted().modules()).isEqualTo(215).isEqualTo(found.tensors().count() / 3);
    assertThat(found.adapted().ranks()).containsExactly(2L, 4L);
    assertThat(found.adapted().alphas()).containsExactly(3.0, 6.0);
    assertThat(found.adapted().missingAlphas()).isZero();
    assertThat(found.tensors().dtypes()).containsExactly("F16");
    assertThat(found.adapted().targets()).containsKeys("text_encoder", "down_blocks.0", "mid_block", "up_blocks.2");
    assertThat(found.adapted().targets().values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(found.adapted().modules());
    assertThat(found.told().training()).containsEntry("rank", "4").containsEntry("name", "tiny");
  }

  /** The table of spellings that the reader of these files is tried on. */
  @Test
  void everySpellingIsAnAdapterOfOneLayout() throws IOException {
    Path golden = ROOT.resolve("plugins/kohya/src/test/resources/golden/spellings.safetensors");
    Map<String, List<String>> files;
    try (SafetensorsFile file = SafetensorsFile.open(golden)) {
      files = file.tensors().keySet().stream().filter(key -> key.contains("!")).collect(Collectors.groupingBy(
          key -> key.substring(0, key.indexOf('!')),
          Collectors.mapping(key -> key.substring(key.indexOf('!') + 1), Collectors.toList())));
    }
    assertThat(files).hasSizeGreaterThan(60);
    files.forEach((name, keys) -> {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      keys.forEach(key -> tensors.put(key, new StoredTensor(key, DType.F32, new Shape(4, 4))));
      TensorListing listing = new TensorListing("safetensors", tensors, Map.of(), Set.of(), Map.of());
      AdapterContents contents = new AdapterContents(
          golden, golden, listing, Installed.PLUGINS.formats(), Installed.PLUGINS.methods());
      assertThat(contents.format()).as(name).get().extracting(AdapterFormat::id).isEqualTo("kohya");
      assertThat(contents.claimed()).as(name).hasSize(1);
      assertThat(contents.modules()).as(name).hasSizeBetween(1, 2);
    });
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
    FileInspection found = Installed.inspect(wild(name));

    assertThat(found.problems()).isEmpty();
    assertThat(found.kind().format()).isEqualTo(format);
    assertThat(found.kind().method()).isEqualTo(method);
    assertThat(found.kind().base()).isEqualTo(base);
    assertThat(found.adapted().modules()).isEqualTo(modules);
    assertThat(found.adapted().ranks()).containsExactly(rank);
  }

  @Test
  void namesTheManglingOfARealFile() throws IOException {
    FileInspection found = Installed.inspect(wild("sd15-style.mangled-kohya-prefix.safetensors"));

    assertThat(found.problems()).singleElement().asString().startsWith("256 keys are mangled");
    assertThat(found.adapted().modules()).isEqualTo(128);
    assertThat(found.adapted().ranks()).containsExactly(4L);
    assertThat(found.kind().base()).isEqualTo("sd1");
  }

  @Test
  void takesAlphaAndBaseOfAPeftFolderFromItsConfiguration() throws IOException {
    FileInspection found = Installed.inspect(wild("opt-peft-bf16"));

    assertThat(found.adapted().alphas()).containsExactly(32.0);
    assertThat(found.told().training()).containsEntry("trained on", "facebook/opt-125m")
        .containsEntry("target modules", "q_proj, v_proj");
    assertThat(found.tensors().dtypes()).containsExactly("BF16");
    assertThat(found.notes()).isEmpty();
  }

  @Test
  void theLearntWordsOfARealFileCallIt() throws IOException {
    FileInspection found = Installed.inspect(wild("sd15-disney.cloneofsimo.safetensors"));

    assertThat(found.told().triggerWords()).containsExactly("<s1>", "<s2>");
    assertThat(found.adapted().targets()).containsEntry("unet", 144).containsEntry("text_encoder", 48);
  }

  private static Path wild(String name) {
    return SharedData.path("adapters/" + name);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "lora|.lora_down.weight 4,768;.lora_up.weight 320,4",
    "dora|.lora_down.weight 4,768;.lora_up.weight 320,4;.dora_scale 320,1",
    "loha|.hada_w1_a 320,4;.hada_w1_b 4,768;.hada_w2_a 320,4;.hada_w2_b 4,768",
    "lokr|.lokr_w1 16,16;.lokr_w2_a 20,4;.lokr_w2_b 4,48",
    "ia3|.weight 320;.on_input",
    "lokr|.lokr_w1_a 16,4;.lokr_w1_b 4,16;.lokr_w2 20,48",
    "glora|.a1.weight 768,4;.a2.weight 4,768;.b1.weight 320,4;.b2.weight 4,768",
    "glora|.a1.weight 4,768;.a2.weight 768,4;.b1.weight 4,768;.b2.weight 320,4",
    "full|.diff 320,768;.diff_b 320",
    "norm|.w_norm 320;.b_norm 320",
    "diag-oft|.oft_blocks 4,80,80;.rescale 320,1",
    "boft|.oft_blocks 3,4,80,80",
    "locon|.lora_down.weight 4,768,3,3;.lora_up.weight 320,4,1,1",
    "dora-loha|.hada_w1_a 320,4;.hada_w1_b 4,768;.hada_w2_a 320,4;.hada_w2_b 4,768;.dora_scale 320,1"
  })
  void tellsMethodsByTheirParameters(String method, String parameters) throws IOException {
    FileInspection found = inspect(Map.of(),
        Arrays.stream(parameters.split(";")).map(parameter -> K + parameter).toArray(String[]::new));

    assertThat(found.kind().method()).isEqualTo(method);
    assertThat(found.adapted().modules()).isEqualTo(1);
    assertThat(found.problems()).isEmpty();
    assertThat(found.adapted().ranks()).isSubsetOf(4L);
  }

  @ParameterizedTest
  @CsvSource({"768, sd1", "1024, sd2", "2048, sdxl", "99, unknown"})
  void guessesTheBaseByTheTextsWidth(String width, String base) throws IOException {
    assertThat(inspect(Map.of(), K + ".lora_down.weight 4," + width, K + ".lora_up.weight 320,4").kind().base())
        .isEqualTo(base);
  }

  @Test
  void metadataKnowTheBaseBetter() throws IOException {
    Map<String, String> metadata = Map.of("ss_base_model_version", "sdxl_base_v1-0",
        "modelspec.trigger_phrase", "ink drawing", "ss_steps", "1200", "ss_seed", "None");
    FileInspection found = inspect(metadata, K + ".lora_down.weight 4,99", K + ".lora_up.weight 320,4");

    assertThat(found.kind().base()).isEqualTo("sdxl");
    assertThat(found.told().triggerWords()).containsExactly("ink drawing");
    assertThat(found.told().training()).containsEntry("steps", "1200").doesNotContainKey("seed");
    assertThat(found.adapted().missingAlphas()).isEqualTo(1);
  }

  @Test
  void takesTheCommonestTagsForWantOfATriggerPhrase() throws IOException {
    String tags = "{\"10_ink\": {\"cat\": 3, \"ink\": 20}, \"5_more\": {\"cat\": 4}}";
    String[] tensors = {K + ".lora_down.weight 4,768", K + ".lora_up.weight 320,4"};

    assertThat(inspect(Map.of("ss_tag_frequency", tags), tensors).told().triggerWords())
        .containsExactly("ink", "cat");
    assertThat(inspect(Map.of("ss_tag_frequency", "{oops"), tensors).told().triggerWords()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    ".lora_down.weight 4,768|1 modules lack one of the parameters",
    ".lora_down.weight 4,768;.lora_up.weight 320,8|1 modules have factors of different ranks",
    ".lora_down.weight 0,768;.lora_up.weight 320,0|2 of 2 tensors are empty"
  })
  void findsWhatDoesNotBelongTogether(String parameters, String problem) throws IOException {
    FileInspection found = inspect(Map.of(),
        Arrays.stream(parameters.split(";")).map(parameter -> K + parameter).toArray(String[]::new));

    assertThat(found.problems()).singleElement().asString().startsWith(problem).contains(K);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "llm|lora|base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight 4,64"
        + ";base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight 64,4",
    "llm|ia3|base_model.model.transformer.h.0.attn.c_attn.ia3_l 64,1",
    "llm|lora|base_model.model.decoder.block.0.layer.0.SelfAttention.q.lora_A.default.weight 4,64"
        + ";base_model.model.decoder.block.0.layer.0.SelfAttention.q.lora_B.default.weight 64,4",
    "sd2|lora|base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight 4,1024"
        + ";base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.lora_B.weight 8,4",
    "llm|oft|base_model.model.model.layers.0.mlp.up_proj.oft_R.weight 4,9",
    "sdxl|lora|unet.down_blocks.1.attentions.0.transformer_blocks.1.attn1.to_q.lora_A.weight 4,640"
        + ";unet.down_blocks.1.attentions.0.transformer_blocks.1.attn1.to_q.lora_B.weight 640,4",
    "sdxl|ia3|lora_unet_input_blocks_4_1_transformer_blocks_1_attn2_to_k.on_input"
        + ";lora_unet_input_blocks_4_1_transformer_blocks_1_attn2_to_k.weight 640",
    "sd2|lora|lora_te_text_model_encoder_layers_22_mlp_fc1.lora_down.weight 4,99"
        + ";lora_te_text_model_encoder_layers_22_mlp_fc1.lora_up.weight 99,4",
    "sd1|locon|lora_unet_mid_block_attentions_0_proj_in.lora_down.weight 4,64,1,1"
        + ";lora_unet_mid_block_attentions_0_proj_in.lora_up.weight 64,4,1,1"
        + ";lora_unet_conv_in.lora_down.weight 4,4,3,3;lora_unet_conv_in.lora_up.weight 64,4,1,1",
    "sd1|textual-inversion|emb_params 8,768",
    "sdxl|textual-inversion|clip_l 8,768;clip_g 8,1280",
    "sd1|textual-inversion|<cat-toy> 768",
    "sd1|checkpoint|model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight 320,768",
    "llm|checkpoint|model.layers.0.self_attn.q_proj.weight 64,64"
  })
  void tellsBasesByNamesAndShapes(String base, String method, String tensors) throws IOException {
    FileInspection found = inspect(Map.of(), tensors.split(";"));

    assertThat(found.kind().base()).isEqualTo(base);
    assertThat(found.kind().method()).isEqualTo(method);
  }

  @Test
  void namesBothFormatsOfAMixedFile() throws IOException {
    FileInspection found = inspect(Map.of(), K + ".lora_down.weight 4,768", K + ".lora_up.weight 320,4",
        "unet.mid_block.attentions.0.proj_in.lora_A.weight 4,64",
        "unet.mid_block.attentions.0.proj_in.lora_B.weight 64,4");

    assertThat(found.problems()).singleElement().asString()
        .contains("several formats", "kohya 2 keys", "diffusers 2 keys");
  }

  @Test
  void learntWordsMayLieBesideAnAdapter() throws IOException {
    FileInspection found = inspect(Map.of(), K + ".lora_down.weight 4,768", K + ".lora_up.weight 320,4",
        "bundle_emb.nyako.string_to_param.* 2,768");

    assertThat(found.problems()).isEmpty();
    assertThat(found.told().triggerWords()).containsExactly("nyako");
  }

  @Test
  void unknownKeysAreAProblem() throws IOException {
    assertThat(inspect(Map.of(), "some.thing 4,4").problems()).singleElement().asString()
        .contains("no adapter format", "some.thing");
    assertThat(inspect(Map.of(), K + ".lora_down.weight 4,768", K + ".lora_up.weight 320,4",
        "stray 4").problems()).singleElement().asString().contains("1 keys are no parameters", "stray");
  }

  @Test
  void aBaseThatNobodyKnowsIsNoted() throws IOException {
    FileInspection found = inspect(Map.of(), "lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight 4,64",
        "lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight 64,4");

    assertThat(found.kind().base()).isEqualTo("unknown");
    assertThat(found.notes()).singleElement().asString().contains("does not know", "double_blocks");
  }

  @Test
  void findsValuesThatAreNoNumbers() throws IOException {
    Path file = folder.resolve("nan.safetensors");
    SafetensorsWriter.write(file, List.of(
        TensorDeclaration.ofFloats(K + ".lora_down.weight", DType.BF16, new long[] {1, 768},
            filled(Float.NaN)),
        TensorDeclaration.ofFloats(K + ".lora_up.weight", DType.F16, new long[] {768, 1},
            filled(Float.NEGATIVE_INFINITY)),
        TensorDeclaration.ofFloats(K + ".alpha", DType.F32, new long[0], new float[] {1})), Map.of());

    assertThat(Installed.inspect(file).problems()).singleElement().asString()
        .startsWith("2 tensors hold values that are no finite numbers")
        .contains(".lora_down.weight (768)", ".lora_up.weight (768)");
    assertThat(Installed.inspect(file).valuesChecked()).isTrue();
    assertThat(Installed.inspect(file, Depth.HEADER).problems()).isEmpty();
    assertThat(Installed.inspect(file, Depth.HEADER).valuesChecked()).isFalse();
  }

  private static float[] filled(float value) {
    float[] values = new float[768];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void namesTheGlobalThatAPayloadWanted() throws IOException {
    Path file = Files.writeString(folder.resolve("payload.pt"),
        "\u0080\u0002cposix\nsystem\nq\u0000(X\u0004\u0000\u0000\u0000truetR.", StandardCharsets.ISO_8859_1);

    assertThat(Installed.inspect(file).problems()).singleElement().asString()
        .contains(file.toString(), "posix.system");
  }

  @Test
  void saysWhenAFileIsNoAdapter() throws IOException {
    FileInspection found = Installed.inspect(
        ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny-original.ckpt"));

    assertThat(found.tensors().container()).isEqualTo("pickle");
    assertThat(found.kind().format()).isEqualTo("checkpoint");
    assertThat(found.kind().method()).isEqualTo("checkpoint");
    assertThat(found.kind().base()).isNotEqualTo("llm");
    assertThat(found.adapted().modules()).isZero();
    assertThat(found.problems()).isEmpty();
  }

  @Test
  void damageIsAProblemAndNotAFailure() throws IOException {
    byte[] whole = Files.readAllBytes(KOHYA);
    Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, whole.length / 2));
    Path pointer = Files.writeString(folder.resolve("pointer.safetensors"),
        "version https://git-lfs.github.com/spec/v1\n", StandardCharsets.UTF_8);
    Path empty = Files.createFile(folder.resolve("empty.safetensors"));

    assertThat(Installed.inspect(cut).problems()).singleElement().asString().contains(cut.toString());
    assertThat(Installed.inspect(pointer).problems()).singleElement().asString().contains("Git LFS");
    assertThat(Installed.inspect(empty).problems()).singleElement().asString().contains("empty");
    assertThat(Installed.inspect(empty).isSound()).isFalse();
  }

  @Test
  void absenceIsAFailure() {
    assertThatThrownBy(() -> Installed.inspect(folder.resolve("no.safetensors")))
        .isInstanceOf(UserException.class).hasMessageContaining("no such file");
    assertThatThrownBy(() -> Installed.inspect(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining("adapter_model.safetensors");
  }

  @Test
  void hashesTheWholeFile() throws IOException {
    Path file = Files.writeString(folder.resolve("abc"), "abc");

    // FIPS 180-2, appendix B.1, and the hash of nothing.
    assertThat(Installed.inspect(file, Depth.FULL).hashes())
        .containsEntry("SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        .containsEntry("AutoV2", "ba7816bf8f").containsEntry("legacy", "e3b0c442");
    assertThat(Installed.inspect(file, Depth.HEADER).hashes()).isEmpty();
  }

  @Test
  void hashesAsTheScriptsDo() throws IOException {
    float[] values = new float[400_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Path file = folder.resolve("large.safetensors");
    Path trained = folder.resolve("trained.safetensors");
    List<TensorDeclaration> tensors = List.of(TensorDeclaration.ofFloats(
        K + ".lora_down.weight", DType.F32, new long[] {1, 400_000}, values));
    SafetensorsWriter.write(file, tensors,
        Map.of("ss_steps", "12", "modelspec.title", "a title", "sshs_model_hash", "0".repeat(64)));
    SafetensorsWriter.write(trained, tensors, Map.of("ss_steps", "12"));
    FileInspection found = Installed.inspect(file);

    assertThat(found.hashes()).hasEntrySatisfying("sshs_model_hash", hash ->
        assertThat(found.hashes().get("AutoV3")).hasSize(12).isEqualTo(hash.substring(0, 12)));
    assertThat(found.hashes().get("sshs_legacy_hash"))
        .isEqualTo(Installed.inspect(trained).hashes().get("legacy"))
        .isNotEqualTo(found.hashes().get("legacy"));
    assertThat(found.notes()).singleElement().asString().contains("changed since");
  }
}
