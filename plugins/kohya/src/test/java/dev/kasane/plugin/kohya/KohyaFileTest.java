package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KohyaFileTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
  private final NDManager scope = Engines.newManager();
  private final KohyaFormat format = new KohyaFormat();
  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    scope.close();
  }

  /** Both were loaded completely by diffusers; see the script that made them. */
  @ParameterizedTest
  @CsvSource({"sd1-tiny-kohya,float16", "sd1-tiny-diffusers-export,float32"})
  void goldenIsReadWholeAndWrittenBack(String name, String storage) throws IOException {
    Path golden = GOLDEN.resolve(name + ".safetensors");
    AdapterModel read = format.read(golden, BaseLayers.tiny(), scope);
    assertThat(read.unmatched()).isEmpty();
    assertThat(read.components()).containsOnlyKeys("unet", "text_encoder");

    Path copy = folder.resolve("copy.safetensors");
    format.write(read, copy, ElementType.named(storage));
    try (SafetensorsFile before = SafetensorsFile.open(golden);
        SafetensorsFile after = SafetensorsFile.open(copy)) {
      assertThat(after.tensors()).hasSameSizeAs(before.tensors());
      for (String key : before.tensors().keySet()) {
        String written = key.replace("lora_te1_", "lora_te_");
        assertThat(after.tensors().get(written).shape()).as(key).isEqualTo(before.tensors().get(key).shape());
        assertThat(after.readFloats(written)).as(key).containsExactly(before.readFloats(key));
      }
    }
  }

  @Test
  void bothSpellingsOfALayerAreReportedAndDiffusersCounts() throws IOException {
    Path file = folder.resolve("both.safetensors");
    SafetensorsWriter.write(file, List.of(
        floats("lora_unet_input_blocks_1_1_proj_in.lora_up.weight", 1),
        floats("lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight", 2),
        floats("lora_unet_input_blocks_2_1_proj_in.lora_up.weight", 3)), Map.of());
    AdapterModel read = format.read(file, BaseLayers.sd15(), scope);
    assertThat(read.unmatched()).singleElement().satisfies(each -> {
      assertThat(each.key()).startsWith("lora_unet_input_blocks_1_1");
      assertThat(each.reason()).contains("second time");
    });
    List<AdapterModule> modules = read.components().get("unet");
    assertThat(modules).extracting(AdapterModule::path)
        .containsExactly("down_blocks.0.attentions.0.proj_in", "down_blocks.0.attentions.1.proj_in");
    assertThat(modules.get(0).tensors().get("lora_up.weight").toFloatArray()).containsOnly(2);
  }

  private static TensorDeclaration floats(String key, float value) {
    return TensorDeclaration.ofFloats(key, DType.F32, new long[] {2, 1}, new float[] {value, value});
  }

  @Test
  void scalarsOfAnyTypeAreConstantsAndOtherParametersPassThrough() throws IOException {
    Path file = folder.resolve("scalars.safetensors");
    SafetensorsWriter.write(file, List.of(
        TensorDeclaration.ofFloats("lora_unet_conv_in.alpha", DType.F16, new long[] {1}, new float[] {4}),
        TensorDeclaration.ofFloats("lora_unet_conv_in.on_input", DType.F32, new long[0], new float[] {1}),
        TensorDeclaration.ofFloats(
            "lora_unet_conv_in.hada_w1_a", DType.BF16, new long[] {1}, new float[] {2})), Map.of());
    AdapterModule module = format.read(file, BaseLayers.sd15(), scope).components().get("unet").get(0);
    assertThat(module.constants()).isEqualTo(Map.of("alpha", 4.0, "on_input", 1.0));
    assertThat(module.tensors()).containsOnlyKeys("hada_w1_a");
  }

  @Test
  void infiniteAlphaIsDamage() throws IOException {
    Path file = folder.resolve("infinite.safetensors");
    SafetensorsWriter.write(file, List.of(TensorDeclaration.ofFloats(
        "lora_unet_conv_in.alpha", DType.F16, new long[0], new float[] {70000})), Map.of());
    assertThatThrownBy(() -> format.read(file, BaseLayers.sd15(), scope))
        .isInstanceOf(FileFault.class).hasMessageContaining("lora_unet_conv_in.alpha");
  }

  private AdapterModel model(NDArray down, Map<String, String> metadata) {
    AdapterModule module = new AdapterModule("mid_block.attentions.0.transformer_blocks.0.attn2.to_k",
        Map.of("lora_down.weight", down, "lora_up.weight", Ops.randomNormal(scope, new Shape(5, 4))),
        Map.of("alpha", 2.0));
    return new AdapterModel(Map.of("unet", List.of(module)), List.of(), metadata);
  }

  @Test
  void describesItselfAsTheCommunityDoes() throws IOException {
    Path file = folder.resolve("ink.safetensors");
    format.write(model(Ops.randomNormal(scope, new Shape(4, 768)), Map.of("ss_seed", "42")), file, ElementType.FLOAT16);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.metadata()).containsAllEntriesOf(Map.of("ss_seed", "42", "ss_v2", "False",
          "ss_base_model_version", "sd_v1", "ss_network_module", "networks.lora", "ss_network_dim", "4",
          "ss_network_alpha", "2.0", "ss_output_name", "ink", "modelspec.title", "ink",
          "modelspec.architecture", "stable-diffusion-v1/lora", "modelspec.resolution", "512x512"));
      assertThat(opened.tensors().get(
          "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k.alpha").shape()).isEmpty();
      byte[] bytes = Files.readAllBytes(file);
      byte[] data = Arrays.copyOfRange(bytes, (int) opened.dataStart(), bytes.length);
      assertThat(opened.metadata()).containsEntry("sshs_model_hash", sha256(data));
      // Nothing lies beyond the first mebibyte.
      assertThat(opened.metadata()).containsEntry("sshs_legacy_hash", sha256(new byte[0]).substring(0, 8));
    }
  }

  @Test
  void whatTheCallerSaysCounts() throws IOException {
    Path file = folder.resolve("said.safetensors");
    format.write(model(Ops.randomNormal(scope, new Shape(4, 1024)), Map.of(
        "ss_base_model_version", "sd_v2_v", "modelspec.resolution", "128x128", "ss_output_name", "Ink",
        "sshs_model_hash", "of another file")), file, ElementType.BFLOAT16);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.metadata()).containsAllEntriesOf(Map.of("ss_v2", "True", "modelspec.title", "Ink",
          "modelspec.architecture", "stable-diffusion-v2-768-v/lora", "modelspec.resolution", "128x128",
          "modelspec.prediction_type", "v"));
      assertThat(opened.metadata().get("sshs_model_hash")).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void legacyHashIsThatOfTheFileWithTrainingSettingsAlone() throws IOException {
    Path file = folder.resolve("large.safetensors");
    format.write(model(Ops.randomNormal(scope, new Shape(4, 90_000)), Map.of()), file, ElementType.FLOAT32);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      Map<String, String> settings = new TreeMap<>(opened.metadata());
      settings.keySet().removeIf(key -> !key.startsWith("ss_"));
      Path stripped = folder.resolve("stripped.safetensors");
      SafetensorsWriter.write(stripped, opened.tensors().values().stream().map(entry -> new TensorDeclaration(
          entry.name(), entry.dtype(), entry.shape(),
          channel -> channel.write(opened.map(entry.name())))).toList(), settings);
      byte[] window = Arrays.copyOfRange(Files.readAllBytes(stripped), 1 << 20, (1 << 20) + (1 << 16));
      assertThat(opened.metadata()).containsEntry("sshs_legacy_hash", sha256(window).substring(0, 8));
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesWhatItCannotHold() {
    Path file = folder.resolve("never.safetensors");
    NDArray diverged = scope.create(new float[] {1, Float.NaN}, new Shape(1, 2));
    assertThatThrownBy(() -> format.write(model(diverged, Map.of()), file, ElementType.FLOAT32))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("diverged").hasMessageContaining("attn2_to_k");
    NDArray large = scope.create(new float[] {1, -70000}, new Shape(1, 2));
    assertThatThrownBy(() -> format.write(model(large, Map.of()), file, ElementType.FLOAT16))
        .isInstanceOf(UserException.class).hasMessageContaining("bfloat16");
    AdapterModel begun = new AdapterModel(Map.of("unet", List.of(new AdapterModule("down_blocks.0.x",
        Map.of("lora_down.weight", scope.ones(new Shape(1, 2)), "lora_up.weight", scope.ones(new Shape(2, 1))),
        Map.of("alpha", 1.0, AdapterModule.OLORA, 1.0)))), List.of(), Map.of());
    assertThatThrownBy(() -> format.write(begun, file, ElementType.FLOAT32))
        .isInstanceOf(UserException.class).hasMessageContainingAll("down_blocks.0.x", "PiSSA or OLoRA", "«mix FILE, method svd");
    AdapterModule module = new AdapterModule("model.layers.0.q_proj", Map.of(), Map.of("alpha", 1.0));
    AdapterModel language = new AdapterModel(Map.of("language_model", List.of(module)), List.of(), Map.of());
    assertThatThrownBy(() -> format.write(language, file, ElementType.FLOAT32))
        .isInstanceOf(UserException.class).hasMessageContaining("language_model");
    assertThat(file).doesNotExist();
  }
}
