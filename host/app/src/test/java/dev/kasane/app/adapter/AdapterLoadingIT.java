package dev.kasane.app.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.inspect.AdapterFiles;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads files with the plugins of the distribution, which exist only after packaging. */
class AdapterLoadingIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path KOHYA =
      ROOT.resolve("plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");
  private static final String K = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k";
  private static final String V = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_v";
  private static final String FITS = K + ".lora_down.weight 4,32;" + K + ".lora_up.weight 16,4";

  private static NDManager scope;
  private static PluginHost plugins;
  private static ImageModel tiny;

  @TempDir
  private Path folder;

  @BeforeAll
  static void open() {
    scope = Engines.newManager();
    plugins = PluginHost.start(new PluginLocations(List.of(ROOT.resolve("host/app/target/kasane/plugins"))));
    tiny = ImageModels.open(ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny"),
        BaseOptions.none(), ElementType.FLOAT32, scope);
  }

  @AfterAll
  static void close() {
    plugins.close();
    scope.close();
  }

  private LoadedAdapter load(Path file, double weight, AdapterMisfit... accepted) {
    return new AdapterLoading(plugins.formats(), plugins.methods(), Set.of(accepted))
        .load(new AdapterReference(file, weight), AdapterBase.live(tiny.parts()), scope);
  }

  private Path file(String tensors) throws IOException {
    return AdapterFiles.write(folder.resolve("file.safetensors"), Map.of(), tensors.split(";"));
  }

  @Test
  void attachesEveryLayerOfAFile() {
    LoadedAdapter loaded = load(KOHYA, 0.5);
    try {
      assertThat(loaded.set().isAttached()).isTrue();
      assertThat(loaded.report().isComplete()).isTrue();
      assertThat(loaded.norm()).isPositive();
      assertThat(String.join("\n", loaded.lines())).contains(KOHYA.toString(), "kohya, 215 layers (", "unet 197",
          "text_encoder 18", "rank 2/4", "alpha 3/6", "weight 0.5");
    } finally {
      loaded.set().detach();
    }
  }

  @Test
  void weightsOfBlocksReachTheirLayersAlone() {
    LoadedAdapter loaded = new AdapterLoading(plugins.formats(), plugins.methods(), Set.of()).load(
        new AdapterReference(KOHYA, 0.5), new BlockWeights(Map.of("mid_block", 0.0, "text_encoder", 3.0)),
        AdapterBase.live(tiny.parts()), scope);
    loaded.set().detach();
    assertThat(loaded.set().layers()).isNotEmpty().allSatisfy(each -> assertThat(each.attachment().multiplier())
        .isEqualTo(each.name().contains("mid_block") ? 0 : each.name().startsWith("text_encoder") ? 1.5 : 0.5));
    assertThatThrownBy(() -> new AdapterLoading(plugins.formats(), plugins.methods(), Set.of()).load(
        new AdapterReference(KOHYA, 1), new BlockWeights(Map.of("middle", 0.0)), AdapterBase.live(tiny.parts()), scope))
        .isInstanceOf(UserException.class).hasMessageContaining(KOHYA.toString()).hasMessageContaining("'middle'");
  }

  @Test
  void weightZeroStaysOff() {
    assertThat(load(KOHYA, 0).set().isAttached()).isFalse();
  }

  @Test
  void saysWhenAnAdapterChangesNothing() throws IOException {
    LoadedAdapter loaded = load(file(FITS), 1);
    loaded.set().detach();

    assertThat(String.join("\n", loaded.lines())).contains("1 layers (unet 1)", "changes nothing");
  }

  @Test
  void refusesUnmatchedKeysUnlessAccepted() throws IOException {
    Path file = file(FITS + ";lora_unet_no_such_layer.lora_down.weight 4,32");

    assertThatThrownBy(() -> load(file, 1)).isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString()).hasMessageContaining("lora_unet_no_such_layer")
        .hasMessageContaining("«accept unmatched»").hasMessageContaining("the 1 layers that fit");
    assertThatThrownBy(() -> load(file, 1, AdapterMisfit.MISSHAPEN)).isInstanceOf(UserException.class);
    LoadedAdapter accepted = load(file, 1, AdapterMisfit.UNMATCHED);
    accepted.set().detach();
    assertThat(String.join("\n", accepted.lines())).contains("1 unmatched keys", "lora_unet_no_such_layer");
  }

  @Test
  void refusesMisshapenLayersUnlessAccepted() throws IOException {
    Path file = file(FITS + ";" + V + ".lora_down.weight 4,33;" + V + ".lora_up.weight 16,4");

    assertThatThrownBy(() -> load(file, 1)).isInstanceOf(UserException.class)
        .hasMessageContaining("attn2.to_v").hasMessageContaining("«accept misshapen»");
    LoadedAdapter accepted = load(file, 1, AdapterMisfit.MISSHAPEN);
    accepted.set().detach();
    assertThat(accepted.report().matched()).hasSize(1);
  }

  @Test
  void refusesAFileOfWhichNothingFits() throws IOException {
    String layer = "lora_te2_text_model_encoder_layers_0_mlp_fc1";
    Path file = file(layer + ".lora_down.weight 4,1280;" + layer + ".lora_up.weight 5120,4");

    assertThatThrownBy(() -> load(file, 1, AdapterMisfit.values())).isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString()).hasMessageContaining("second text encoder")
        .hasMessageContaining("Stable Diffusion XL");
  }

  @Test
  void refusesAnotherKindOfBaseByName() throws IOException {
    Path file = file(K + ".lora_down.weight 4,2048;" + K + ".lora_up.weight 1280,4");
    UNetConfig c = tiny.unet().config();
    UNetConfig sd1 = new UNetConfig(c.latents(), c.levels(), c.layersPerBlock(), 768, c.norms(),
        c.linearProjection(), c.sinusoids(), c.added());
    ImageModel base = new ImageModel(new UNet2DConditionModel(sd1), tiny.vae(), tiny.textEncoder(),
        tiny.tokenizer(), tiny.scheduler(), tiny.type());
    AdapterLoading loading = new AdapterLoading(plugins.formats(), plugins.methods(), Set.of());

    assertThatThrownBy(() -> loading.load(new AdapterReference(file, 1), AdapterBase.live(base.parts()), scope))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("made for Stable Diffusion XL, but the base is Stable Diffusion 1.x");
  }

  /** Folders of the kind that PEFT writes for a pipeline: one for each part. */
  @Test
  void aFolderDoesWhatTheFileDoesThatItWasMadeFrom() throws IOException {
    LoadedAdapter file = load(KOHYA, 1);
    Path adapter = folder.resolve("adapter");
    plugins.format("peft").write(file.set().toModel(Map.of()), adapter, ElementType.FLOAT32);
    file.set().detach();
    LoadedAdapter loaded = load(adapter, 1);
    loaded.set().detach();
    assertThat(loaded.format()).isEqualTo("peft");
    assertThat(loaded.report().isComplete()).isTrue();
    assertThat(loaded.report().matched()).hasSameSizeAs(file.report().matched());
    assertThat(loaded.norm()).isEqualTo(file.norm());

    Files.delete(adapter.resolve("unet/adapter_config.json"));
    assertThatThrownBy(() -> load(adapter, 1)).isInstanceOf(UserException.class)
        .hasMessageContaining("adapter_config.json: is missing");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThatThrownBy(() -> load(empty, 1)).isInstanceOf(UserException.class)
        .hasMessageContaining("is a folder without").hasMessageContaining("adapter_model.safetensors");
  }

  @Test
  void namesFilesThatAreNoAdapters() throws IOException {
    Path inversion = file("emb_params 1,768");
    Path peft = AdapterFiles.write(folder.resolve("peft.safetensors"), Map.of(),
        "base_model.model.layers.0.q_proj.lora_A.weight 4,8",
        "base_model.model.layers.0.q_proj.lora_B.weight 8,4");
    byte[] whole = Files.readAllBytes(KOHYA);
    Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, whole.length - 1));

    assertThatThrownBy(() -> load(inversion, 1)).isInstanceOf(UserException.class)
        .hasMessageContaining("adapts no layers; it holds learned words").hasMessageContaining("«generate image, embedding FILE»");
    assertThatThrownBy(() -> load(peft, 1)).isInstanceOf(UserException.class)
        .hasMessageContaining("adapter_config.json: is missing");
    assertThatThrownBy(() -> load(cut, 1)).isInstanceOf(UserException.class)
        .hasMessageContaining("cut.safetensors");
    assertThatThrownBy(() -> load(folder.resolve("none"), 1)).isInstanceOf(UserException.class)
        .hasMessageContaining("There is no adapter file");
  }
}
