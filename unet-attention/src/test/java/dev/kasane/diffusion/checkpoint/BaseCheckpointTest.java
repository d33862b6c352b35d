package dev.kasane.diffusion.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.WeightLoader;
import dev.kasane.core.files.ContentHash;
import dev.kasane.core.module.Module;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.scheduler.PredictionType;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig.Latents;
import dev.kasane.diffusion.unet.UNetConfig.Level;
import dev.kasane.diffusion.unet.UNetConfig.Norms;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.diffusion.vae.AutoencoderKL;
import dev.kasane.diffusion.vae.VaeConfig;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseCheckpointTest {
  @TempDir
  Path folder;

  private static BaseCheckpoint reference(String name) {
    return BaseCheckpoint.open(GoldenBases.path(name));
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny-original.safetensors, sd1-tiny", "sd1-tiny-original.ckpt, sd1-tiny",
      "sd2-tiny-original.safetensors, sd2-tiny", "sd1-tiny-fp16, sd1-tiny"})
  void everyLayoutHoldsTheSameTensors(String other, String name) {
    try (BaseCheckpoint expected = reference(name); BaseCheckpoint found = reference(other)) {
      for (BasePart part : BasePart.values()) {
        GoldenBases.assertSame(found.tensors(part), expected.tensors(part));
      }
      assertThat(found.kind()).isEqualTo(expected.kind());
      assertThat(found.kind().id()).isEqualTo(name.substring(0, 3));
      assertThat(found.predictionType()).isEqualTo(expected.predictionType());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
  void shapesTellMostOfTheConfigurations(String name) {
    try (BaseCheckpoint expected = reference(name);
        BaseCheckpoint found = reference(name + "-original.safetensors")) {
      assertThat(uncertain(unetConfig(found))).isEqualTo(uncertain(unetConfig(expected)));
      VaeConfig vae = vaeConfig(found);
      assertThat(vae.blockOutChannels()).isEqualTo(vaeConfig(expected).blockOutChannels());
      assertThat(vae.layersPerBlock()).isEqualTo(vaeConfig(expected).layersPerBlock());
      assertThat(vae.scalingFactor()).isEqualTo(vaeConfig(expected).scalingFactor());
      ClipConfig clip = clipConfig(found);
      ClipConfig reference = clipConfig(expected);
      assertThat(new ClipConfig(clip.vocabularySize(), clip.width(), clip.feedForwardWidth(), clip.layers(),
          reference.heads(), clip.positions(), clip.epsilon(), clip.quickGelu())).isEqualTo(reference);
    }
  }

  /** Heads, groups and the picture size leave no trace in shapes. */
  private static UNetConfig uncertain(UNetConfig config) {
    return new UNetConfig(new Latents(config.latents().inChannels(), config.latents().outChannels(), 0),
        config.levels().stream().map(level -> new Level(level.channels(), 0, level.transformerDepth(),
            level.downAttention(), level.upAttention())).toList(),
        config.layersPerBlock(), config.crossAttentionWidth(), new Norms(0, config.norms().epsilon()),
        config.linearProjection(), config.sinusoids(), config.added());
  }

  /** What Kasane works out for full-size files is what was published beside them. */
  @ParameterizedTest
  @ValueSource(strings = {"sd15", "sd21"})
  void fullSizeConfigurationsAreThePublishedOnes(String name) throws IOException {
    Path published = SharedData.path("models/" + name);
    try (TensorSource shapes = OriginalShapes.of(name)) {
      KnownBase kind = name.equals("sd15") ? KnownBase.SD1 : KnownBase.SD2;
      PredictionType type = PredictionRule.of(kind, shapes);
      OriginalConfigs configs = new OriginalConfigs(shapes, kind, type);
      JsonNode unet = JsonFiles.read(published.resolve("unet/config.json"));
      assertThat(UNetConfig.of(configs.of(BasePart.UNET), "worked out"))
          .isEqualTo(UNetConfig.of(unet, "published"));
      assertThat(VaeConfig.of(configs.of(BasePart.VAE), "worked out"))
          .isEqualTo(VaeConfig.of(JsonFiles.read(published.resolve("vae/config.json")), "published"));
      assertThat(ClipConfig.of(configs.of(BasePart.TEXT_ENCODER), "worked out"))
          .isEqualTo(ClipConfig.of(
              JsonFiles.read(published.resolve("text_encoder/config.json")), "published"));
      assertThat(type.configName()).isEqualTo(JsonFiles.read(published.resolve(DiffusersLayout.SCHEDULER))
          .path("prediction_type").asText("epsilon"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
  void modelsComeOutTheSameFromEveryLayout(String name) {
    BaseOptions options = BaseOptions.none().withConfigFolder(GoldenBases.path(name));
    Path single = GoldenBases.path(name + "-original.safetensors");
    try (NDManager owner = Engines.newManager(); BaseCheckpoint first = reference(name);
        BaseCheckpoint second = BaseCheckpoint.open(single, options)) {
      assertThat(decoded(second, owner)).containsExactly(decoded(first, owner));
      loadAll(second, owner);
      assertThat(second.tokenizerFolder()).isEqualTo(GoldenBases.path(name).resolve("tokenizer"));
    }
  }

  private static void loadAll(BaseCheckpoint base, NDManager owner) {
    Module unet = new UNet2DConditionModel(unetConfig(base));
    WeightLoader.load(unet, base.tensors(BasePart.UNET), ElementType.FLOAT32, owner);
    Module clip = new ClipTextModel(clipConfig(base));
    WeightLoader.load(clip, base.tensors(BasePart.TEXT_ENCODER), ElementType.BFLOAT16, owner);
    assertThat(unet.namedWeights().values()).allMatch(weight -> weight.isSet());
    assertThat(clip.namedWeights().values()).allMatch(weight -> weight.isSet());
  }

  private static float[] decoded(BaseCheckpoint base, NDManager owner) {
    AutoencoderKL vae = new AutoencoderKL(vaeConfig(base));
    WeightLoader.load(vae, base.tensors(BasePart.VAE), ElementType.FLOAT32, owner);
    NDArray latents = owner.arange(0f, 16f, 1f, DataType.FLOAT32).div(8f).reshape(1, 4, 2, 2);
    return OPS.cast(vae.decode(latents), DataType.FLOAT32).toFloatArray();
  }

  @Test
  void opensPartsInSeveralFiles() throws IOException {
    Path base = GoldenBases.copy(GoldenBases.path("sd1-tiny"), folder.resolve("base"));
    GoldenBases.remove(base.resolve("text_encoder"));
    GoldenBases.copy(GoldenBases.path("sd1-tiny-sharded/text_encoder"), base.resolve("text_encoder"));
    try (BaseCheckpoint expected = reference("sd1-tiny"); BaseCheckpoint found = BaseCheckpoint.open(base)) {
      GoldenBases.assertSame(found.tensors(BasePart.TEXT_ENCODER), expected.tensors(BasePart.TEXT_ENCODER));
      assertThat(found.weightFiles()).hasSize(5).allMatch(Files::isRegularFile);
    }
  }

  @Test
  void opensPickledParts() throws IOException {
    Path base = GoldenBases.copy(GoldenBases.path("sd1-tiny"), folder.resolve("base"));
    Files.delete(base.resolve("text_encoder/model.safetensors"));
    Files.copy(GoldenBases.path("sd1-tiny-pickled/text_encoder/pytorch_model.bin"),
        base.resolve("text_encoder/pytorch_model.bin"));
    try (BaseCheckpoint expected = reference("sd1-tiny"); BaseCheckpoint found = BaseCheckpoint.open(base)) {
      GoldenBases.assertSame(found.tensors(BasePart.TEXT_ENCODER), expected.tensors(BasePart.TEXT_ENCODER));
      assertThat(found.tensors(BasePart.TEXT_ENCODER).location()).endsWith("pytorch_model.bin");
    }
  }

  /** The rule for files that do not say what their U-Net predicts. */
  @ParameterizedTest
  @CsvSource({"SD1, '', '', EPSILON", "SD2, '', '', V_PREDICTION", "SD2, global_step, 875000, EPSILON",
      "SD2, global_step, 110000, V_PREDICTION", "SD1, modelspec.prediction_type, v, V_PREDICTION",
      "SD2, modelspec.prediction_type, epsilon, EPSILON",
      "SD2, modelspec.architecture, stable-diffusion-v2-512, EPSILON",
      "SD2, modelspec.architecture, stable-diffusion-v2-768-v, V_PREDICTION"})
  void predictionFollowsTheDocumentedRule(KnownBase kind, String key, String value, PredictionType expected)
      throws IOException {
    Map<String, String> metadata = key.isEmpty() ? Map.of() : Map.of(key, value);
    Path file = folder.resolve("any.safetensors");
    SafetensorsWriter.write(file, List.of(), metadata);
    try (TensorSource source = TensorSources.open(file)) {
      assertThat(PredictionRule.of(kind, source)).isEqualTo(expected);
    }
  }

  @Test
  void prefersTheFullEditionUnlessAVariantIsAskedFor() throws IOException {
    Path base = GoldenBases.copy(GoldenBases.path("sd1-tiny"), folder.resolve("base"));
    Path half = GoldenBases.path("sd1-tiny-fp16/unet/diffusion_pytorch_model.fp16.safetensors");
    Files.copy(half, base.resolve("unet/diffusion_pytorch_model.fp16.safetensors"));
    String name = "conv_in.weight";
    try (BaseCheckpoint full = BaseCheckpoint.open(base);
        BaseCheckpoint variant = BaseCheckpoint.open(base, BaseOptions.none().withVariant("fp16"))) {
      assertThat(full.tensors(BasePart.UNET).origin(name)).endsWith("model.safetensors");
      assertThat(variant.tensors(BasePart.UNET).origin(name)).endsWith("model.fp16.safetensors");
      assertThat(variant.tensors(BasePart.VAE).location()).endsWith("model.safetensors");
    }
    assertThatThrownBy(() -> BaseCheckpoint.open(base, BaseOptions.none().withVariant("ema")).close())
        .isInstanceOf(UserException.class).hasMessageContaining("no variant 'ema'");
  }

  @Test
  void readsEarlyClipNamesWithoutTheirRoot() throws IOException {
    Path file = OriginalShapes.rewrite(GoldenBases.path("sd1-tiny-original.safetensors"),
        folder.resolve("early.safetensors"),
        name -> name.replace("cond_stage_model.transformer.text_model.", "cond_stage_model.transformer."));
    try (BaseCheckpoint expected = reference("sd1-tiny"); BaseCheckpoint found = BaseCheckpoint.open(file)) {
      GoldenBases.assertSame(found.tensors(BasePart.TEXT_ENCODER), expected.tensors(BasePart.TEXT_ENCODER));
      assertThat(clipConfig(found).layers()).isEqualTo(3);
    }
  }

  @Test
  void aSingleFileHasNoTokenizerOfItsOwn() {
    Path file = GoldenBases.path("sd1-tiny-original.safetensors");
    Path tokenizer = GoldenBases.path("sd1-tiny/tokenizer");
    try (BaseCheckpoint bare = BaseCheckpoint.open(file);
        BaseCheckpoint told = BaseCheckpoint.open(file, BaseOptions.none().withTokenizerFolder(tokenizer))) {
      assertThatThrownBy(bare::tokenizerFolder).isInstanceOf(UserException.class)
          .hasMessageContaining("single file").hasMessageContaining("vocab.json").hasMessageContaining("sd1");
      assertThat(told.tokenizerFolder()).isEqualTo(tokenizer);
    }
  }

  @Test
  void theUserHasTheLastWordOnThePrediction() {
    BaseOptions options = BaseOptions.none().withPredictionType(PredictionType.EPSILON);
    for (String name : new String[] {"sd2-tiny", "sd2-tiny-original.safetensors"}) {
      try (BaseCheckpoint base = BaseCheckpoint.open(GoldenBases.path(name), options)) {
        assertThat(base.predictionType()).isEqualTo(PredictionType.EPSILON);
        assertThat(base.schedulerConfig().path("prediction_type").asText()).isEqualTo("epsilon");
      }
    }
  }

  @Test
  void hashesAreThoseOfOtherTools() throws IOException {
    try (BaseCheckpoint file = reference("sd1-tiny-original.ckpt");
        BaseCheckpoint base = reference("sd1-tiny")) {
      assertThat(file.sha256()).matches("[0-9a-f]{64}").isNotEqualTo(base.sha256());
      // The file ends before the stretch that is hashed: SHA-256 of nothing.
      assertThat(file.legacyHash()).contains("e3b0c442");
      assertThat(base.legacyHash()).isEmpty();
    }
    byte[] bytes = new byte[0x110000 + 5];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i / 251);
    }
    Path file = Files.write(folder.resolve("bytes"), bytes);
    // sha256sum, and Python's hashlib over bytes[0x100000:0x110000].
    assertThat(ContentHash.of(file))
        .isEqualTo("d5dc507708c111a3da0123c1e48b4ece6c4850a555e0b8a7fc58820c92a9588a");
    assertThat(BaseFingerprint.legacy(file)).isEqualTo("101863d4");
  }

  private static UNetConfig unetConfig(BaseCheckpoint base) {
    return UNetConfig.of(base.config(BasePart.UNET), base.configOrigin(BasePart.UNET));
  }

  private static VaeConfig vaeConfig(BaseCheckpoint base) {
    return VaeConfig.of(base.config(BasePart.VAE), base.configOrigin(BasePart.VAE));
  }

  private static ClipConfig clipConfig(BaseCheckpoint base) {
    return ClipConfig.of(base.config(BasePart.TEXT_ENCODER), base.configOrigin(BasePart.TEXT_ENCODER));
  }
}
