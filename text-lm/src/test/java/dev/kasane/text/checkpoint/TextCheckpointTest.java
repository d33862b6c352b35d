package dev.kasane.text.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.WeightWriter;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.text.Goldens;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextCheckpointTest {
  private static final String WEIGHTS = "model.safetensors";

  private final NDManager scope = Engines.newManager();
  private final GradMode off = GradMode.off();

  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    off.close();
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"llama-sharded,llama", "gpt2-bare,gpt2"})
  void otherLayoutsHoldTheSameModel(String layout, String plain) {
    TokenBatch batch = Goldens.batch(plain, "ids", "mask", scope);
    assertThat(Goldens.model(layout, scope).logits(batch, scope))
        .isEqualTo(Goldens.model(plain, scope).logits(batch, scope));
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void writesWhatItRead(String name) {
    CausalLm model = TextCheckpoint.open(Goldens.FOLDER.resolve(name)).model(ElementType.FLOAT32, scope);
    Path file = folder.resolve(WEIGHTS);
    WeightWriter.write(file, TextWeights.ofModel(model), ElementType.BFLOAT16);
    try (TensorSource written = TensorSources.open(file);
        TensorSource original = TensorSources.open(Goldens.FOLDER.resolve(name).resolve(WEIGHTS))) {
      assertThat(written.names()).containsExactlyInAnyOrderElementsOf(original.names());
      for (String tensor : original.names()) {
        assertThat(bits(written, tensor)).as(tensor).isEqualTo(bits(original, tensor));
      }
    }
  }

  private NDArray bits(TensorSource source, String name) {
    return dev.kasane.core.tensor.Ops.OPS.cast(source.read(name, scope), ai.djl.ndarray.types.DataType.FLOAT32);
  }

  @ParameterizedTest
  @CsvSource({"llama,bfloat16,0.05", "gemma2,bfloat16,0.05", "gpt-neox,bfloat16,0.05", "opt,bfloat16,0.05",
      "llama,float16,0.01", "qwen2,float16,0.01", "gpt2,float16,0.01", "gemma2,float16,0.01"})
  void computesInHalfPrecision(String name, String type, double tolerance) {
    CausalLm model = TextCheckpoint.open(Goldens.FOLDER.resolve(name)).model(ElementType.named(type), scope);
    TokenBatch batch = Goldens.batch(name, "ids", "mask", scope);
    NDArray logits = Goldens.thinned(model.logits(batch, scope));
    assertThat(Goldens.relativeError(logits, Goldens.expected(name, "logits", scope), batch))
        .isBetween(1e-6, tolerance);
  }

  @Test
  void listsMissingAndSurplusWeights() throws IOException {
    copy("llama", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
    assertThatThrownBy(this::load).isInstanceOf(UserException.class).hasMessageContainingAll("missing",
        "model.layers.2.self_attn.q_proj.weight");
    copy("llama", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
    assertThatThrownBy(this::load).isInstanceOf(UserException.class).hasMessageContainingAll(
        "without a place", "model.layers.1.");
    copy("llama", "\"intermediate_size\": 56", "\"intermediate_size\": 48");
    assertThatThrownBy(this::load).isInstanceOf(UserException.class)
        .hasMessageContainingAll("another shape", "mlp.up_proj.weight");
  }

  @Test
  void anUnknownArchitectureSaysWhichAreKnown() throws IOException {
    copy("llama", "LlamaForCausalLM", "MambaForCausalLM");
    assertThatThrownBy(this::load).isInstanceOf(UserException.class)
        .hasMessageContainingAll("MambaForCausalLM", "LlamaForCausalLM", "OPTForCausalLM", "config.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"num_key_value_heads\": 3", "\"num_key_value_heads\": \"two\"",
      "\"num_key_value_heads\": 0", "\"num_key_value_heads\": 1e300"})
  void aWrongNumberIsNamed(String wrong) throws IOException {
    copy("llama", "\"num_key_value_heads\": 2", wrong);
    assertThatThrownBy(this::load).isInstanceOf(UserException.class)
        .hasMessageContainingAll("config.json", "num_key_value_heads");
  }

  @Test
  void anUnknownScalingIsNamed() throws IOException {
    copy("llama-linear", "\"rope_type\": \"linear\"", "\"rope_type\": \"su\"");
    assertThatThrownBy(this::load).isInstanceOf(UserException.class)
        .hasMessageContainingAll("'su'", "llama3 and yarn");
  }

  @Test
  void foldersThatAreNoModelsAreRefused() throws IOException {
    assertThatThrownBy(() -> TextCheckpoint.open(folder.resolve("no")))
        .isInstanceOf(UserException.class).hasMessageContaining("does not exist");
    assertThatThrownBy(() -> TextCheckpoint.open(folder))
        .isInstanceOf(UserException.class).hasMessageContaining("no config.json");
    Files.copy(Goldens.FOLDER.resolve("llama/config.json"), folder.resolve("config.json"));
    assertThatThrownBy(this::load).isInstanceOf(UserException.class).hasMessageContaining("no weights");
    Files.writeString(folder.resolve("config.json"), "{\"hidden_size\": ");
    assertThatThrownBy(this::load).isInstanceOf(UserException.class).hasMessageContaining("not valid JSON");
  }

  private CausalLm load() {
    return TextCheckpoint.open(folder).model(ElementType.FLOAT32, scope);
  }

  private void copy(String name, String text, String replacement) throws IOException {
    String config = Files.readString(Goldens.FOLDER.resolve(name).resolve("config.json"));
    assertThat(config).contains(text);
    Files.writeString(folder.resolve("config.json"), config.replace(text, replacement));
    if (!Files.exists(folder.resolve(WEIGHTS))) {
      Files.copy(Goldens.FOLDER.resolve(name).resolve(WEIGHTS), folder.resolve(WEIGHTS));
    }
  }
}
