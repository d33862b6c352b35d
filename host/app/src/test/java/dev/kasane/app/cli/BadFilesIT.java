package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.inspect.AdapterFiles;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code kasane inspect} makes of bad files: always exit code 1, always JSON, always the reason. */
@ExtendWith(Distribution.class)
class BadFilesIT {
  private final CommandHarness kasane = new CommandHarness();

  @TempDir
  private Path folder;

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "empty|is empty (0 bytes)",
    "pickle-empty|is empty (0 bytes)",
    "short|has only 6 bytes, too few for a safetensors file",
    "truncated|the download is incomplete",
    "header-beyond-file|announces a header of 4000 bytes",
    "header-of-exabytes|above the limit of 100000000",
    "header-of-negative-length|announces a header of 18446744073709551615 bytes",
    "overlap|overlap",
    "out-of-bounds|3072",
    "duplicate|twice",
    "absurd-shape|9223372036854775807",
    "negative-shape|-4",
    "not-utf8|not valid UTF-8",
    "pickle-payload|posix.system",
    "nan|2 tensors hold values that are no finite numbers",
    "two-formats|mixes keys of several formats",
    "unknown-keys|in no adapter format that Kasane knows"
  })
  void areAProblemWithItsReason(String kind, String reason) throws IOException {
    Path file = BadFiles.write(kind, folder);

    assertThat(kasane.run("inspect", "--json", file.toString())).isEqualTo(1);
    JsonNode json = new ObjectMapper().readTree(kasane.out());
    assertThat(json.get("problems")).hasSize(1);
    assertThat(json.at("/problems/0").asText()).contains(reason);
    assertThat(json.has("format") && json.has("method") && json.has("base") && json.has("modules")
        && json.has("ranks") && json.has("dtypes")).isTrue();
    assertThat(kasane.err()).isEmpty();
  }

  @Test
  void aBaseThatNobodyKnowsIsSaidButIsNoDamage() throws IOException {
    assertThat(kasane.run("inspect", "--json", BadFiles.write("unknown-model", folder).toString())).isZero();

    JsonNode json = new ObjectMapper().readTree(kasane.out());
    assertThat(json.at("/base").asText()).isEqualTo("unknown");
    assertThat(json.at("/notes/0").asText()).contains("name no layer of Stable Diffusion", "double_blocks");
  }

  @Test
  void aMissingAlphaIsCountedAndNoDamage() throws IOException {
    Path file = BadFiles.sound(folder.resolve("no-alpha.safetensors"));

    assertThat(kasane.run("inspect", "--json", file.toString())).isZero();
    assertThat(new ObjectMapper().readTree(kasane.out()).at("/missingAlphas").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "U8"})
  void anAlphaOfAnyTypeIsANumber(DType type) throws IOException {
    Path file = folder.resolve("alpha.safetensors");
    SafetensorsWriter.write(file, List.of(
        TensorDeclaration.ofFloats(BadFiles.LAYER + ".lora_down.weight", DType.F16, new long[] {1, 768},
            new float[768]),
        TensorDeclaration.ofFloats(BadFiles.LAYER + ".lora_up.weight", DType.F16, new long[] {320, 1},
            new float[320]),
        new TensorDeclaration(BadFiles.LAYER + ".alpha", type, new long[0],
            channel -> channel.write(four(type)))), Map.of());

    assertThat(kasane.run("inspect", "--json", file.toString())).isZero();
    assertThat(new ObjectMapper().readTree(kasane.out()).at("/alphas/0").asDouble()).isEqualTo(4);
  }

  private static ByteBuffer four(DType type) {
    ByteBuffer bytes = ByteBuffer.allocate(type.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case F64 -> bytes.putDouble(4);
      case F32 -> bytes.putFloat(4);
      case F16 -> bytes.putShort((short) 0x4400);
      case BF16 -> bytes.putShort((short) 0x4080);
      case I64 -> bytes.putLong(4);
      case I32 -> bytes.putInt(4);
      case I16 -> bytes.putShort((short) 4);
      default -> bytes.put((byte) 4);
    }
    return bytes.flip();
  }

  @Test
  void aDamagedConfigurationOfAFolderIsAProblem() throws IOException {
    AdapterFiles.write(folder.resolve("adapter_model.safetensors"), Map.of(),
        "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight 1,4",
        "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight 4,1");
    Path config = folder.resolve("adapter_config.json");
    for (String text : List.of("", "[]", "{\"r\": 4", "{\"a\":".repeat(100_000))) {
      Files.writeString(config, text);
      CommandHarness each = new CommandHarness();
      assertThat(each.run("inspect", "--json", folder.toString())).isEqualTo(1);
      assertThat(new ObjectMapper().readTree(each.out()).at("/problems/0").asText())
          .contains(config.toString(), "is damaged");
    }
  }
}
