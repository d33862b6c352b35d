package dev.kasane.plugin.cloneofsimo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextualInversionTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Map<String, Collection<String>> ONE = Map.of("text_encoder", List.of());
  private static final Map<String, Collection<String>> TWO =
      Map.of("text_encoder", List.of(), "text_encoder_2", List.of());

  @TempDir
  Path folder;
  private final TextualInversionFormat format = new TextualInversionFormat();
  private NDManager scope;

  @BeforeEach
  void open() {
    scope = Engines.newManager();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void readsThePicklesOfAutomatic1111() throws IOException {
    AdapterModule word = only(format.read(GOLDEN.resolve("style.pt"), ONE, scope));
    assertThat(word.path()).isEqualTo("ink-style");
    assertThat(word.tensors().get("text_encoder").toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(word.tensors().get("text_encoder").getShape()).isEqualTo(new Shape(2, 4));
  }

  @Test
  void readsLearnedEmbedsOfDiffusers() throws IOException {
    AdapterModule word = only(format.read(GOLDEN.resolve("learned_embeds.bin"), ONE, scope));
    assertThat(word.path()).isEqualTo("<brush>");
    assertThat(word.tensors().get("text_encoder").getShape()).isEqualTo(new Shape(1, 4));
  }

  @Test
  void namelessVectorsAreCalledLikeTheirFile() throws IOException {
    AdapterModule plain = only(format.read(file("my.ink.safetensors", "emb_params"), ONE, scope));
    assertThat(plain.path()).isEqualTo("my.ink");
    AdapterModule xl = only(format.read(file("xl.safetensors", "clip_l", "clip_g"), TWO, scope));
    assertThat(xl.tensors()).containsOnlyKeys("text_encoder", "text_encoder_2");
  }

  @Test
  void aWordForAnEncoderThatTheBaseLacksIsTold() throws IOException {
    AdapterModel read = format.read(file("xl.safetensors", "clip_l", "clip_g"), ONE, scope);
    assertThat(read.unmatched()).singleElement()
        .satisfies(each -> assertThat(each.reason()).contains("text_encoder_2"));
  }

  @Test
  void writtenWordsAreReadBitForBit() throws IOException {
    for (AdapterModel model : List.of(
        format.read(file("word.safetensors", "<one>", "<two>"), ONE, scope),
        format.read(file("xl.safetensors", "clip_l", "clip_g"), TWO, scope))) {
      Path copy = folder.resolve("copy").resolve("xl.safetensors");
      Files.createDirectories(copy.getParent());
      format.write(model, copy, ElementType.FLOAT32);
      AdapterModel read = format.read(copy, TWO, scope);
      assertThat(read.unmatched()).isEmpty();
      List<AdapterModule> words = read.components().get(AdapterModel.EMBEDDINGS);
      assertThat(words).hasSameSizeAs(model.components().get(AdapterModel.EMBEDDINGS));
      for (AdapterModule word : model.components().get(AdapterModel.EMBEDDINGS)) {
        AdapterModule back =
            words.stream().filter(each -> each.path().equals(word.path())).findFirst().orElseThrow();
        word.tensors().forEach((encoder, vectors) ->
            assertThat(back.tensors().get(encoder).toFloatArray()).containsExactly(vectors.toFloatArray()));
      }
    }
  }

  @Test
  void refusesAdaptersOfLayers() {
    AdapterModel layers = new AdapterModel(Map.of("unet", List.of()), List.of(), Map.of());
    assertThatThrownBy(() -> format.write(layers, folder.resolve("x.safetensors"), ElementType.FLOAT32))
        .isInstanceOf(UserException.class).hasMessageContaining("learned words only");
  }

  @Test
  void recognisesWordsAndNothingElse() {
    assertThat(List.of(Set.of("emb_params"), Set.of("clip_l", "clip_g"), Set.of("<a>", "<b>"),
        Set.of("string_to_param.*"), Set.of("cat-toy"))).noneMatch(keys -> format.recognise(keys).isEmpty());
    assertThat(List.of(Set.<String>of(), Set.of("lora_controlnet"), Set.of("a", "b"),
        Set.of("down_blocks.0.resnets.0.conv1.weight"), Set.of("lora_unet_x.alpha")))
        .allMatch(keys -> format.recognise(keys).isEmpty());
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path cut = folder.resolve("cut.pt");
    byte[] whole = Files.readAllBytes(GOLDEN.resolve("style.pt"));
    for (int length : new int[] {0, 9, whole.length / 2}) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> format.read(cut, ONE, scope)).isInstanceOf(FileFault.class)
          .hasMessageContaining("cut.pt");
    }
  }

  @Test
  void namelessListsGoToThePartWithAsManyLayers() throws IOException {
    Collection<String> text = List.of("q_proj", "k_proj", "v_proj", "out_proj").stream()
        .map(name -> "text_model.encoder.layers.0.self_attn." + name).toList();
    AdapterModel read = new CloneofsimoFormat().read(GOLDEN.resolve("list.text_encoder.pt"),
        Map.of("unet", List.of("conv_in"), "text_encoder", text), scope);
    assertThat(read.unmatched()).isEmpty();
    List<AdapterModule> modules = read.components().get("text_encoder");
    assertThat(modules).extracting(AdapterModule::path).containsExactly(
        "text_model.encoder.layers.0.self_attn.k_proj", "text_model.encoder.layers.0.self_attn.v_proj",
        "text_model.encoder.layers.0.self_attn.q_proj", "text_model.encoder.layers.0.self_attn.out_proj");
    assertThat(modules.get(2).tensors().get("lora_up.weight").getShape()).isEqualTo(new Shape(4, 1));
  }

  private static AdapterModule only(AdapterModel read) {
    assertThat(read.unmatched()).isEmpty();
    assertThat(read.components()).containsOnlyKeys(AdapterModel.EMBEDDINGS);
    assertThat(read.components().get(AdapterModel.EMBEDDINGS)).hasSize(1);
    return read.components().get(AdapterModel.EMBEDDINGS).get(0);
  }

  private Path file(String name, String... keys) throws IOException {
    Path file = folder.resolve(name);
    SafetensorsWriter.write(file, List.of(keys).stream().map(key -> TensorDeclaration.ofFloats(
        key, DType.F32, new long[] {2, 3}, new float[] {key.length(), 1, 2, 3, 4, 5})).toList(), Map.of());
    return file;
  }
}
