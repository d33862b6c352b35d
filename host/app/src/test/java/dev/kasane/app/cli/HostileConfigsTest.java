package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.scheduler.SchedulerConfig;
import dev.kasane.diffusion.vae.VaeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations of models in which every value in turn is none that can be. */
class HostileConfigsTest {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path IMAGES = ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny");
  private static final Duration GENEROUS = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> VALUES = List.of("null", "true", "-1", "0", "0.5", "1e308", "-1e308", "2147483648",
      "1000000", "16777216", "99999999999999999999999", "\"\"", "\"x\"", "\"1\"", "[]", "[[[[]]]]", "{}", "{\"a\":[]}",
      "[0]", "[1000000000]", "[1,1,1,1,1,1,1,1,1,1,1,1]", "[null]", "[\"x\",\"x\"]",
      "{\"rope_type\":\"yarn\",\"factor\":0}",
      "{\"rope_type\":\"llama3\",\"factor\":1e308}");

  @TempDir
  private Path folder;

  private static List<String> mutations(Path config) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(config.toFile());
    List<String> keys = new ArrayList<>();
    json.fieldNames().forEachRemaining(keys::add);
    keys.addAll(List.of("rope_scaling", "rope_parameters", "head_dim", "sliding_window", "layer_types"));
    List<String> all = new ArrayList<>();
    for (int key = 0; key < keys.size(); key++) {
      // A third of the values for each key, another third for the next.
      for (int value = key % 3; value < VALUES.size(); value += 3) {
        all.add(json.deepCopy().set(keys.get(key), JSON.readTree(VALUES.get(value))).toString());
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"text-lm/src/test/resources/golden/gpt-neox/config.json",
      "text-lm/src/test/resources/golden/gemma2/config.json",
      "unet-attention/src/test/resources/golden/sd1-tiny/unet/config.json"})
  void plannedModelsAreCountedOrRefused(String config) {
    Path file = folder.resolve("config.json");
    assertTimeoutPreemptively(GENEROUS, () -> {
      for (String text : mutations(ROOT.resolve(config))) {
        Files.writeString(file, text);
        CommandHarness kasane = new CommandHarness();
        int code = kasane.run("params", "--config", file.toString(), "--targets", "re:.*");
        assertThat(kasane.err()).as(text).doesNotContain("fault of Kasane", "\tat ");
        assertThat(kasane.err().lines().count()).as(text + kasane.err()).isEqualTo(code);
      }
    });
  }

  @Test
  void textEncodersAndAutoencodersAreReadOrRefused() {
    assertTimeoutPreemptively(GENEROUS, () -> {
      readsOrRefuses("text_encoder/config.json", json -> ClipConfig.of(json, "config.json"));
      readsOrRefuses("vae/config.json", json -> VaeConfig.of(json, "config.json"));
      Path file = folder.resolve("scheduler_config.json");
      readsOrRefuses("scheduler/scheduler_config.json", json -> {
        try {
          Files.writeString(file, json.toString());
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        SchedulerConfig.read(file);
      });
    });
  }

  private static void readsOrRefuses(String config, Consumer<JsonNode> reader) throws IOException {
    for (String text : mutations(IMAGES.resolve(config))) {
      JsonNode json = JSON.readTree(text);
      try {
        reader.accept(json);
      } catch (UserException refused) {
        assertThat(refused.getMessage()).as(text).contains("config.json");
      }
    }
  }
}
