package dev.kasane.app.cli;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Merging LoRA on the token embedding into language models whose head is its own and whose head is the embedding. */
@ExtendWith(Distribution.class)
class MergeEmbeddingIT {
  private static final Path BASES =
      Path.of(System.getProperty("kasane.root"), "text-lm/src/test/resources/golden");
  private static final String TABLE = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final int RANK = 2;
  private static final int ALPHA = 4;
  /** Half the distance of neighbouring bfloat16 numbers, of 1. */
  private static final double ROUNDING = 1.0 / 256;

  @TempDir
  private Path folder;

  private final CommandHarness command = new CommandHarness();

  private int merge(String base, Path adapter) {
    return command.run("merge", "--base", BASES.resolve(base).toString(), "--adapter", adapter.toString(), "--out",
        folder.resolve("merged").toString());
  }

  @Test
  void theTableChangesAndTheHeadOfItsOwnStays() throws IOException {
    float[] before = floats(BASES.resolve("llama"), TABLE);
    int width = 32;
    int entries = before.length / width;
    assertThat(merge("llama", adapter(entries, width))).as(command::err).isZero();
    float[] after = floats(folder.resolve("merged"), TABLE);
    assertThat(after).hasSameSizeAs(before);
    for (int token = 0; token < entries; token++) {
      for (int i = 0; i < width; i++) {
        double delta = 0;
        for (int r = 0; r < RANK; r++) {
          delta += (double) ALPHA / RANK * up(i, r) * down(r, token);
        }
        double expected = before[token * width + i] + delta;
        assertThat((double) after[token * width + i]).isCloseTo(expected, within(Math.abs(expected) * ROUNDING + 1e-6));
      }
    }
    assertThat(floats(folder.resolve("merged"), HEAD)).containsExactly(floats(BASES.resolve("llama"), HEAD));
  }

  @Test
  void aHeadThatWasTheTableKeepsTheRowsThatItHad() throws IOException {
    float[] table = floats(BASES.resolve("llama-tied"), TABLE);
    assertThat(merge("llama-tied", adapter(table.length / 32, 32))).as(command::err).isZero();
    assertThat(floats(folder.resolve("merged"), HEAD)).containsExactly(table);
    assertThat(floats(folder.resolve("merged"), TABLE)).isNotEqualTo(table);
    assertThat(JsonFiles.read(folder.resolve("merged/config.json")).path("tie_word_embeddings").asBoolean(true))
        .isFalse();
  }

  private static float down(int rank, int token) {
    return (token % 7 - 3 + rank) / 8f;
  }

  private static float up(int output, int rank) {
    return (output % 5 - 2) * (rank + 1) / 16f;
  }

  private Path adapter(int entries, int width) throws IOException {
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    Files.writeString(adapter.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": " + RANK
        + ", \"lora_alpha\": " + ALPHA + ", \"target_modules\": [\"embed_tokens\"]}");
    float[] down = new float[RANK * entries];
    float[] up = new float[width * RANK];
    for (int r = 0; r < RANK; r++) {
      for (int token = 0; token < entries; token++) {
        down[r * entries + token] = down(r, token);
      }
      for (int i = 0; i < width; i++) {
        up[i * RANK + r] = up(i, r);
      }
    }
    String layer = "base_model.model.model.embed_tokens.lora_embedding_";
    SafetensorsWriter.write(adapter.resolve("adapter_model.safetensors"),
        List.of(TensorDeclaration.ofFloats(layer + "A", DType.F32, new long[] {RANK, entries}, down),
            TensorDeclaration.ofFloats(layer + "B", DType.F32, new long[] {width, RANK}, up)), Map.of());
    return adapter;
  }

  private static float[] floats(Path model, String tensor) {
    try (NDManager scope = Engines.newManager();
        TensorSource source = TensorSources.open(model.resolve("model.safetensors"))) {
      return OPS.cast(source.read(tensor, scope), DataType.FLOAT32).toFloatArray();
    }
  }
}
