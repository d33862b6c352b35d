package dev.kasane.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that the files beside a tokenizer.json name have the ids that transformers gives them. */
class SideFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  private Path folder;

  @TestFactory
  Stream<DynamicTest> anyFilesTogetherGiveWhatTheyGiveTransformers() throws IOException {
    JsonNode golden;
    try (InputStream in = SideFilesTest.class.getResourceAsStream("side-files.json")) {
      golden = JSON.readTree(in);
    }
    List<JsonNode> cases = new ArrayList<>();
    golden.path("cases").forEach(cases::add);
    assertThat(cases).hasSize(160);
    return cases.stream().map(one -> DynamicTest.dynamicTest(one.path("files").toString(), () -> {
      ObjectNode whole = golden.path("tokenizer").deepCopy();
      whole.set("added_tokens", one.path("files").path("added_tokens"));
      Path place = Files.createDirectory(folder.resolve(Integer.toString(cases.indexOf(one))));
      JSON.writeValue(place.resolve("tokenizer.json").toFile(), whole);
      for (Map.Entry<String, JsonNode> file : one.path("files").properties()) {
        if (file.getKey().endsWith(".json")) {
          JSON.writeValue(place.resolve(file.getKey()).toFile(), file.getValue());
        }
      }
      check(Tokenizers.open(place), golden.path("text").asText(), one);
    }));
  }

  private static void check(Tokenizer tokenizer, String text, JsonNode expected) {
    int[] marked = ints(expected.path("marked"));
    assertThat(tokenizer.encode(text, false)).isEqualTo(ints(expected.path("plain")));
    assertThat(tokenizer.encode(text, true)).isEqualTo(marked);
    assertThat(tokenizer.decode(marked, true)).isEqualTo(expected.path("skipped").asText());
    assertThat(tokenizer.specialTokens()).isEqualTo(JSON.convertValue(expected.path("named"), Map.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cases/config-only-tokens", "cases/eos-in-config-only", "tokenizers/fast_addedjson"})
  void reportedFoldersGiveWhatTheyGiveTransformers(String name) throws IOException {
    Path place = SharedData.path("reports/" + name);
    Tokenizer tokenizer = Tokenizers.open(place);
    assertThat(tokenizer.encode("<|im_start|>user\nHi<|im_end|>", true)).containsExactly(412, 284, 201, 42, 75, 413);
    Path right = place.resolve("right.json");
    if (Files.exists(right)) {
      JSON.readTree(right.toFile()).path("right").forEach(row ->
          assertThat(tokenizer.encode(row.path(0).asText(), true)).isEqualTo(ints(row.path(1))));
    }
  }

  private static int[] ints(JsonNode array) {
    return JSON.convertValue(array, int[].class);
  }
}
