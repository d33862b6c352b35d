package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.KnownBase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every parameter grammar of the family reaches the neutral form, whichever methods are installed. */
class KeyGrammarTest {
  private static final String LAYER = "lora_unet_down_blocks_1_resnets_0_conv1";

  @TempDir
  Path folder;
  private NDManager scope;

  @BeforeEach
  void open() {
    scope = Engines.newManager();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "lora_up.weight 8,2,1,1;lora_down.weight 2,4,3,3;alpha",
      "lora_up.weight 8,2,1,1;lora_mid.weight 2,2,3,3;lora_down.weight 2,4,1,1;alpha;dora_scale 8,1,1,1",
      "hada_w1_a 8,2;hada_w1_b 2,36;hada_w2_a 8,2;hada_w2_b 2,36;alpha",
      "hada_t1 2,2,3,3;hada_t2 2,2,3,3;hada_w1_a 2,8;hada_w1_b 2,4;hada_w2_a 2,8;hada_w2_b 2,4",
      "lokr_w1 2,2;lokr_w2 4,2,3,3;alpha",
      "lokr_w1_a 2,1;lokr_w1_b 1,2;lokr_t2 2,2,3,3;lokr_w2_a 2,4;lokr_w2_b 2,2;alpha",
      "weight 1,8,1,1;on_input",
      "a1.weight 4,2,1,1;a2.weight 2,4,1,1;b1.weight 8,2,1,1;b2.weight 2,4,3,3;bm.weight 2,2,3,3;alpha",
      "oft_blocks 2,4,4;rescale 8,1,1,1;alpha",
      "oft_blocks 2,2,4,4;alpha",
      "oft_diag 2,4,4",
      "oft_R.weight 2,6",
      "diff 8,4,3,3;diff_b 8",
      "w_norm 8;b_norm 8",
      "lora_up.weight 8,2,1,1;lora_down.weight 2,4,3,3;bias_indices 2,5;bias_values 5;bias_size 2;scale"})
  void parametersPassUnderTheirOwnNames(String parameters) throws IOException {
    List<String> names = new ArrayList<>();
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (String parameter : parameters.split(";")) {
      String[] fields = parameter.split(" ");
      names.add(fields[0]);
      tensors.add(tensor(LAYER + "." + fields[0], DType.F32, fields.length == 1 ? new long[0]
          : Arrays.stream(fields[1].split(",")).mapToLong(Long::parseLong).toArray()));
    }
    AdapterModel read = read(tensors);
    assertThat(read.unmatched()).isEmpty();
    AdapterModule module = read.components().get("unet").get(0);
    assertThat(module.path()).isEqualTo("down_blocks.1.resnets.0.conv1");
    List<String> found = new ArrayList<>(module.tensors().keySet());
    found.addAll(module.constants().keySet());
    assertThat(found).containsExactlyInAnyOrderElementsOf(names);
    Path again = folder.resolve("again.safetensors");
    new KohyaFormat().write(read, again, ElementType.FLOAT32);
    AdapterModule back = new KohyaFormat().read(again, KnownBase.SD1.layers(), scope)
        .components().get("unet").get(0);
    assertThat(back.constants()).isEqualTo(module.constants());
    module.tensors().forEach((name, tensor) ->
        assertThat(back.tensors().get(name).toFloatArray()).containsExactly(tensor.toFloatArray()));
  }

  @ParameterizedTest
  @CsvSource({"F32,''", "F16,1", "BF16,''", "F64,1", "I64,''", "I32,1"})
  void alphaOfAnyTypeIsANumber(DType type, String shape) throws IOException {
    long[] sizes = shape.isEmpty() ? new long[0] : new long[] {1};
    AdapterModel read = read(List.of(new TensorDeclaration(LAYER + ".alpha", type, sizes,
        channel -> channel.write(bytes(type)))));
    assertThat(read.components().get("unet").get(0).constants()).containsEntry("alpha", 6.0);
  }

  private static ByteBuffer bytes(DType type) {
    ByteBuffer bytes =
        ByteBuffer.allocate(type.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case F32 -> bytes.putFloat(6);
      case F64 -> bytes.putDouble(6);
      case F16 -> bytes.putShort((short) 0x4600);
      case BF16 -> bytes.putShort((short) (Float.floatToIntBits(6) >>> 16));
      case I64 -> bytes.putLong(6);
      default -> bytes.putInt(6);
    }
    return bytes.flip();
  }

  @Test
  void picklesAreReadLikeSafetensors() throws IOException {
    AdapterModel read = new KohyaFormat().read(
        Path.of("src/test/resources/golden/lora.pt"), KnownBase.SD1.layers(), scope);
    assertThat(read.unmatched()).isEmpty();
    AdapterModule module = read.components().get("text_encoder").get(0);
    assertThat(module.path()).isEqualTo("text_model.encoder.layers.0.self_attn.q_proj");
    assertThat(module.constants()).containsEntry("alpha", 3.0);
    assertThat(module.tensors()).containsOnlyKeys("lora_up.weight", "lora_down.weight");
  }

  @Test
  void missingAlphaIsAbsent() throws IOException {
    AdapterModel read = read(List.of(tensor(LAYER + ".lora_up.weight", DType.F16, 8, 2, 1, 1)));
    assertThat(read.components().get("unet").get(0).constants()).isEmpty();
  }

  @Test
  void valuesThatAreNoNumbersAreNamed() {
    TensorDeclaration broken = TensorDeclaration.ofFloats(
        LAYER + ".lora_up.weight", DType.F16, new long[] {2}, new float[] {1, Float.NaN});
    assertThatThrownBy(() -> read(List.of(broken))).isInstanceOf(FileFault.class)
        .hasMessageContaining(LAYER + ".lora_up.weight").hasMessageContaining("1 of 2");
    TensorDeclaration alpha = TensorDeclaration.ofFloats(
        LAYER + ".alpha", DType.F16, new long[0], new float[] {Float.POSITIVE_INFINITY});
    assertThatThrownBy(() -> read(List.of(alpha))).isInstanceOf(FileFault.class)
        .hasMessageContaining(LAYER + ".alpha");
  }

  @Test
  void largeHalvesWhoseSumOverflowsAreSound() throws IOException {
    TensorDeclaration large = TensorDeclaration.ofFloats(
        LAYER + ".diff_b", DType.F16, new long[] {3}, new float[] {60000, 60000, 60000});
    assertThat(read(List.of(large)).unmatched()).isEmpty();
  }

  @Test
  void bundledWordsBecomeEmbeddings() throws IOException {
    AdapterModel read = read(List.of(tensor("bundle_emb.brush.string_to_param.*", DType.F32, 2, 768),
        tensor("bundle_emb.my.ink.clip_l", DType.F32, 1, 768),
        tensor("bundle_emb.my.ink.clip_g", DType.F32, 1, 1280)));
    assertThat(read.unmatched()).isEmpty();
    Map<String, AdapterModule> words = new TreeMap<>();
    read.components().get(AdapterModel.EMBEDDINGS).forEach(word -> words.put(word.path(), word));
    assertThat(words).containsOnlyKeys("brush", "my.ink");
    assertThat(words.get("my.ink").tensors()).containsOnlyKeys("text_encoder", "text_encoder_2");
    Path again = folder.resolve("again.safetensors");
    new KohyaFormat().write(read, again, ElementType.FLOAT32);
    assertThat(new KohyaFormat().read(again, KnownBase.SDXL.layers(), scope)
        .components().get(AdapterModel.EMBEDDINGS)).hasSize(2);
  }

  private AdapterModel read(List<TensorDeclaration> tensors) throws IOException {
    Path file = folder.resolve("given.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of());
    return new KohyaFormat().read(file, KnownBase.SD1.layers(), scope);
  }

  private static TensorDeclaration tensor(String name, DType type, long... shape) {
    long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    return TensorDeclaration.ofFloats(name, type, shape, values);
  }
}
