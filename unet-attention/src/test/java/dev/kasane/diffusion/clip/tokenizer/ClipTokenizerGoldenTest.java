package dev.kasane.diffusion.clip.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  Path scratch;

  @Test
  void tinyVocabularyGivesTheReferenceIds() throws IOException {
    assertIds(Goldens.tiny(), "tiny");
  }

  @Test
  void tinyVocabularyFromTokenizerJsonAloneGivesTheSameIds() throws IOException {
    assertThat(Goldens.folder("tiny-single").resolve("vocab.json")).doesNotExist();
    assertIds(ClipTokenizer.open(Goldens.folder("tiny-single")), "tiny");
  }

  @Test
  void olderSpellingOfMergesIsRead() throws IOException {
    ObjectNode file = (ObjectNode) JSON.readTree(
        Goldens.folder("tiny-single").resolve("tokenizer.json").toFile());
    ObjectNode model = (ObjectNode) file.get("model");
    ArrayNode joined = JSON.createArrayNode();
    model.get("merges").forEach(pair -> joined.add(pair.get(0).asText() + " " + pair.get(1).asText()));
    assertThat(joined).isNotEmpty();
    model.set("merges", joined);
    JSON.writeValue(scratch.resolve("tokenizer.json").toFile(), file);
    assertIds(ClipTokenizer.open(scratch), "tiny");
  }

  @Test
  void decodingGivesTheReferenceTexts() throws IOException {
    ClipTokenizer tokenizer = Goldens.tiny();
    JsonNode ids = Goldens.read("ids.json");
    List<String> decoded = Goldens.texts(ids.get("decoded"));
    for (int i = 0; i < decoded.size(); i++) {
      assertThat(tokenizer.decode(Goldens.ids(ids.get("tiny").get(i)))).isEqualTo(decoded.get(i));
    }
  }

  @Test
  void tokensAddedToTheVocabularyAreFoundInAnyCapitals() throws IOException {
    Goldens.copy(Goldens.folder("tiny"), scratch, "vocab.json", "merges.txt", "tokenizer_config.json");
    int size = Goldens.tiny().vocabularySize();
    Files.writeString(scratch.resolve("added_tokens.json"),
        "{\"<Snow-Style>\": " + size + ", \"snow!\": " + (size + 1) + "}");
    ClipTokenizer tokenizer = ClipTokenizer.open(scratch);
    JsonNode golden = Goldens.read("ids.json");
    assertIds(tokenizer, Goldens.texts(golden.get("stylePrompts")), golden.get("styles"));
    assertThat(tokenizer.vocabularySize()).isEqualTo(size + 2);
  }

  @Test
  void stableDiffusion1GivesTheReferenceIds() throws IOException {
    ClipTokenizer tokenizer = ClipTokenizer.open(Goldens.sharedModel("sd15"));
    assertThat(tokenizer.vocabularySize()).isEqualTo(49408);
    assertThat(tokenizer.padId()).isEqualTo(tokenizer.endId()).isEqualTo(49407);
    assertIds(tokenizer, "sd15");
    assertRows(tokenizer, 0);
  }

  @Test
  void stableDiffusion2GivesTheReferenceIds() throws IOException {
    Goldens.copy(Goldens.sharedModel("sd15"), scratch, "vocab.json", "merges.txt");
    Goldens.copy(Goldens.sharedModel("sd21"), scratch, "special_tokens_map.json", "tokenizer_config.json");
    ClipTokenizer tokenizer = ClipTokenizer.open(scratch);
    assertThat(tokenizer.padId()).isZero();
    assertIds(tokenizer, "sd21");
    assertRows(tokenizer, 3);
  }

  private static void assertIds(ClipTokenizer tokenizer, String name) throws IOException {
    List<String> prompts = Goldens.texts(Goldens.read("prompts.json").get("prompts"));
    assertThat(prompts).hasSizeGreaterThan(200);
    assertIds(tokenizer, prompts, Goldens.read("ids.json").get(name));
  }

  private static void assertIds(ClipTokenizer tokenizer, List<String> prompts, JsonNode expected) {
    assertThat(expected).hasSize(prompts.size());
    SoftAssertions softly = new SoftAssertions();
    for (int i = 0; i < prompts.size(); i++) {
      softly.assertThat(tokenizer.encode(prompts.get(i))).as(prompts.get(i))
          .containsExactly(Goldens.ids(expected.get(i)));
    }
    softly.assertAll();
  }

  private static void assertRows(ClipTokenizer tokenizer, int first) throws IOException {
    JsonNode rows = Goldens.read("ids.json").get("rows");
    List<String> prompts = List.of("a cat", "", "word ".repeat(120));
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(tokenizer.tokenize(prompts.get(i)).ids()).containsExactly(Goldens.ids(rows.get(first + i)));
    }
  }
}
