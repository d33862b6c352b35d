package dev.kasane.core.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Module;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WeightLoaderTest {
  private static final float[] FIRST = {1, 2, 3, 4, 5, 6};
  private static final float[] BIAS = {0.5f, -0.5f, 0.25f};
  private static final float[] SECOND = {-1, -2, -3};

  @TempDir
  Path folder;

  private Path write(List<TensorDeclaration> tensors) throws IOException {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of());
    return file;
  }

  private static List<TensorDeclaration> fitting(DType dtype) {
    return new ArrayList<>(List.of(
        TensorDeclaration.ofFloats("first.weight", dtype, new long[] {3, 2}, FIRST),
        TensorDeclaration.ofFloats("first.bias", dtype, new long[] {3}, BIAS),
        TensorDeclaration.ofFloats("second.weight", dtype, new long[] {1, 3}, SECOND)));
  }

  private static TensorDeclaration floats(String name, long... shape) {
    int count = (int) IntStream.range(0, shape.length).mapToLong(i -> shape[i]).reduce(1, (a, b) -> a * b);
    return TensorDeclaration.ofFloats(name, DType.F32, shape, new float[count]);
  }

  private static float[] floats(NDArray array) {
    return OPS.cast(array, DataType.FLOAT32).toFloatArray();
  }

  @ParameterizedTest
  @CsvSource({"F32, float32, FLOAT32", "F32, bf16, BFLOAT16", "F32, fp16, FLOAT16", "F16, fp32, FLOAT32",
      "F16, float16, FLOAT16", "BF16, bfloat16, BFLOAT16", "BF16, float32, FLOAT32", "F64, float32, FLOAT32"})
  void convertsEveryWeight(DType stored, String precision, DataType expected) throws IOException {
    Path file = write(fitting(stored));
    try (NDManager owner = Engines.newManager()) {
      Module model = new TinyModel();
      try (TensorSource source = TensorSources.open(file)) {
        WeightLoader.load(model, source, ElementType.named(precision), owner);
      }
      model.namedWeights().values().forEach(weight ->
          assertThat(Ops.typeOf(weight.dense(owner))).isEqualTo(expected));
      assertThat(floats(model.namedWeights().get("first.weight").dense(owner))).containsExactly(FIRST);
      assertThat(floats(model.namedWeights().get("first.bias").dense(owner))).containsExactly(BIAS);
      assertThat(floats(model.namedWeights().get("second.weight").dense(owner))).containsExactly(SECOND);
    }
  }

  @ParameterizedTest
  @EnumSource(value = ElementType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void usesTheFilesMemoryWhereTheTypeFitsAndCopiesWhenAskedTo(ElementType precision) throws IOException {
    Path file = write(fitting(precision.stored()));
    try (NDManager owner = Engines.newManager(); TensorSource source = TensorSources.open(file)) {
      Module mapped = new TinyModel();
      Module own = new TinyModel();
      WeightLoader.load(mapped, source, precision, owner);
      WeightLoader.loadWritable(own, source, precision, owner);
      NDArray writable = own.namedWeights().get("first.weight").dense(owner);
      writable.addi(1);
      assertThat(floats(mapped.namedWeights().get("first.weight").dense(owner))).containsExactly(FIRST);
      // Only memory that is the file's own shows what becomes of the file.
      zeroAllTensors(file);
      assertThat(floats(mapped.namedWeights().get("first.weight").dense(owner))).containsOnly(0f);
      assertThat(floats(writable)).containsExactly(2, 3, 4, 5, 6, 7);
    }
  }

  private static void zeroAllTensors(Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate((int) (channel.size() - file.dataStart())), file.dataStart());
    }
  }

  @Test
  void listsEverythingThatDoesNotFitAtOnce() throws IOException {
    List<TensorDeclaration> tensors = new ArrayList<>();
    tensors.add(floats("first.weight", 2, 3));
    tensors.add(floats("text_model.embeddings.position_ids", 1, 7));
    IntStream.range(0, 12).forEach(i -> tensors.add(floats("extra." + i, 1)));
    Path file = write(tensors);
    Module model = new TinyModel();
    try (NDManager owner = Engines.newManager(); TensorSource source = TensorSources.open(file)) {
      assertThatThrownBy(() -> WeightLoader.load(model, source, ElementType.FLOAT32, owner))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("2 of the model's 3 weights missing: first.bias, second.weight\n")
          .hasMessageContaining("12 of the file's 14 tensors without a place")
          .hasMessageContaining("extra.1, extra.10").hasMessageContaining("and 2 more")
          .hasMessageContaining("1 with another shape or type: first.weight has (2, 3) where (3, 2) belongs")
          .hasMessageNotContaining("position_ids");
    }
    assertThat(model.namedWeights().values()).noneMatch(weight -> weight.isSet());
  }

  @Test
  void passesOverBuffersThatModelsDoNotNeed() throws IOException {
    List<TensorDeclaration> tensors = fitting(DType.F32);
    tensors.add(floats("text_model.embeddings.position_ids", 1, 7));
    Path file = write(tensors);
    try (NDManager owner = Engines.newManager(); TensorSource source = TensorSources.open(file)) {
      Module model = new TinyModel();
      WeightLoader.load(model, source, ElementType.FLOAT32, owner);
      assertThat(model.namedWeights().values()).allMatch(weight -> weight.isSet());
    }
  }

  @ParameterizedTest
  @CsvSource({
      "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight, an adapter (LoRA or kin)",
      "conditioner.embedders.0.transformer.text_model.final_layer_norm.weight, Stable Diffusion XL",
      "add_embedding.linear_1.weight, Stable Diffusion XL",
      "model.layers.0.self_attn.q_proj.weight, a language model",
      "decoder.up_blocks.0.resnets.0.conv1.weight, an autoencoder (VAE)",
      "first.weight.absmax, already quantised with bitsandbytes",
      "model.diffusion_model.input_blocks.0.0.weight, a Stable Diffusion checkpoint in its original names",
      "joint_blocks.0.context_block.attn.qkv.weight, Stable Diffusion 3"})
  void saysWhatAnAlienFileIs(String name, String meaning) throws IOException {
    Path file = write(List.of(floats(name, 1)));
    try (NDManager owner = Engines.newManager(); TensorSource source = TensorSources.open(file)) {
      assertThatThrownBy(() -> WeightLoader.load(new TinyModel(), source, ElementType.FLOAT32, owner))
          .isInstanceOf(UserException.class).hasMessageContaining("It looks like " + meaning);
    }
  }

  @Test
  void refusesIntegersInPlaceOfWeights() throws IOException {
    List<TensorDeclaration> tensors = fitting(DType.F32);
    tensors.set(1, new TensorDeclaration("first.bias", DType.U8, new long[] {3},
        channel -> channel.write(ByteBuffer.allocate(3))));
    Path file = write(tensors);
    try (NDManager owner = Engines.newManager(); TensorSource source = TensorSources.open(file)) {
      assertThatThrownBy(() -> WeightLoader.load(new TinyModel(), source, ElementType.FLOAT32, owner))
          .isInstanceOf(UserException.class).hasMessageContaining("first.bias is stored as U8");
    }
  }

  @Test
  void refusesAnUnknownPrecision() {
    assertThatThrownBy(() -> ElementType.named("int4")).isInstanceOf(UserException.class)
        .hasMessageContaining("int4").hasMessageContaining("bfloat16 or bf16");
  }
}
