package dev.kasane.plugin.cloneofsimo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.module.Module;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.plugin.lora.LoraMethod;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloneofsimoFileTest {
  private static final Set<String> USUAL = Set.of("CrossAttention", "Attention", "GEGLU");

  @TempDir
  Path folder;
  private final CloneofsimoFormat format = new CloneofsimoFormat();
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
  void realFileFitsStableDiffusion15() throws IOException {
    Path file = SharedData.path("adapters/sd15-disney.cloneofsimo.safetensors");
    Map<String, Module> base = KnownBase.SD1.components();
    AdapterModel read = format.read(file, KnownBase.SD1.layers(), scope);
    assertThat(read.unmatched()).isEmpty();
    assertThat(read.components().get(AdapterModel.EMBEDDINGS)).hasSize(2).allSatisfy(word -> {
      assertThat(word.path()).matches("<s[12]>");
      assertThat(word.tensors().get("text_encoder").getShape()).isEqualTo(new Shape(1, 768));
    });
    Injector.Restored restored = Injector.restore(base, read, List.of(new LoraMethod()), 1, scope);
    assertThat(restored.report().misshapen()).isEmpty();
    assertThat(restored.report().matched()).hasSize(144 + 48);
    // The words are told of, for nothing of the base takes them.
    assertThat(restored.report().unmatched()).hasSize(2)
        .allSatisfy(each -> assertThat(each.reason()).contains("learned word"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void numbersFollowTheWalkOfEitherTime(boolean early) throws IOException {
    List<String> order = new LayerOrder(USUAL, early).of(KnownBase.SD1.layers().get("unet"));
    String block = "down_blocks.0.attentions.0.transformer_blocks.0.";
    assertThat(order).hasSize(144).startsWith(block + "attn1.to_q", block + "attn1.to_k", block + "attn1.to_v",
        block + "attn1.to_out.0", block + (early ? "ff.net.0.proj" : "attn2.to_q"))
        .endsWith("mid_block.attentions.0.transformer_blocks.0."
            + (early ? "attn2.to_out.0" : "ff.net.0.proj"));
    assertThat(read(order, Map.of(), "unet").components().get("unet"))
        .extracting(module -> module.path()).containsExactlyElementsOf(order);
  }

  @Test
  void residualBlocksComeBehindTheAttentionsOfTheirBlock() throws IOException {
    Set<String> classes = Set.of("CrossAttention", "Attention", "GEGLU", "ResnetBlock2D");
    List<String> order = new LayerOrder(classes, true).of(KnownBase.SD1.layers().get("unet"));
    // 22 residual blocks of three layers, 14 of them with a shortcut.
    assertThat(order).hasSize(144 + 22 * 3 + 14);
    assertThat(order.get(18)).isEqualTo("down_blocks.0.resnets.0.conv1");
    AdapterModel read = read(order, Map.of("unet",
        "[\"ResnetBlock2D\", \"GEGLU\", \"Attention\", \"CrossAttention\"]"), "unet");
    assertThat(read.components().get("unet")).hasSize(order.size());
  }

  @Test
  void aNamelessListIsOfTheUnet() throws IOException {
    List<String> order = new LayerOrder(USUAL, true).of(KnownBase.SD1.layers().get("unet"));
    assertThat(read(order, Map.of(), "list").components().get("unet")).hasSize(144);
  }

  @Test
  void anotherNumberOfLayersIsAnotherBase() throws IOException {
    List<String> order = new LayerOrder(USUAL, true).of(KnownBase.SD1.layers().get("unet"));
    AdapterModel read = read(order.subList(0, 143), Map.of(), "unet");
    assertThat(read.components()).isEmpty();
    assertThat(read.unmatched()).hasSize(286).allSatisfy(each ->
        assertThat(each.reason()).contains("the file has 143", "the base 144"));
  }

  @Test
  void saysThatItDoesNotWrite() {
    assertThatThrownBy(() -> format.write(new AdapterModel(Map.of(), List.of(), Map.of()),
        folder.resolve("x.safetensors"), ElementType.FLOAT32)).isInstanceOf(UserException.class)
        .hasMessageContaining("not written").hasMessageContaining("kohya");
  }

  /** A rank-1 file for these layers, with the shapes that the base has. */
  private AdapterModel read(List<String> order, Map<String, String> metadata, String part) throws IOException {
    Map<String, Shape> shapes = KnownBase.SD1.weights().get("unet");
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      long[] shape = shapes.get(order.get(i) + ".weight").getShape();
      long[] down = shape.clone();
      down[0] = 1;
      long[] up = shape.length == 4 ? new long[] {shape[0], 1, 1, 1} : new long[] {shape[0], 1};
      tensors.add(zeros(part + ":" + i + ":down", down));
      tensors.add(zeros(part + ":" + i + ":up", up));
    }
    Path file = folder.resolve("numbered.safetensors");
    SafetensorsWriter.write(file, tensors, metadata);
    Map<String, Collection<String>> layers = new LinkedHashMap<>(KnownBase.SD1.layers());
    AdapterModel read = format.read(file, layers, scope);
    if (read.unmatched().isEmpty()) {
      Injector.restore(KnownBase.SD1.components(), read, List.of(new LoraMethod()), 1, scope)
          .report().requireComplete();
    }
    return read;
  }

  private static TensorDeclaration zeros(String key, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    return TensorDeclaration.ofFloats(key, DType.F16, shape, new float[count]);
  }
}
