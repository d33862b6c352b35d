package dev.kasane.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Ids and texts against transformers, of tokenizer.json and of tokenizer.model. */
class TokenizerGoldenTest {
  static Path folder(String name) {
    try {
      return Path.of(TokenizerGoldenTest.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode expected() throws IOException {
    try (InputStream in = TokenizerGoldenTest.class.getResourceAsStream("expected.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  @TestFactory
  List<DynamicTest> encodesAndDecodesAsTheReference() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    expected().fields().forEachRemaining(kind -> {
      Tokenizer tokenizer = Tokenizers.open(folder(kind.getKey()));
      kind.getValue().forEach(row -> tests.add(DynamicTest.dynamicTest(
          kind.getKey() + ": " + row.path("text"), () -> check(tokenizer, row))));
    });
    assertThat(tests).hasSizeGreaterThan(50);
    return tests;
  }

  private static void check(Tokenizer tokenizer, JsonNode row) {
    String text = row.path("text").asText();
    int[] ids = ints(row.path("ids"));
    assertThat(tokenizer.encode(text, false)).isEqualTo(ids);
    assertThat(tokenizer.decode(ids, false)).isEqualTo(row.path("decoded").asText());
    assertThat(tokenizer.encode(text, true)).isEqualTo(ints(row.path("special")));
    assertThat(tokenizer.decode(ids, true)).isEqualTo(row.path("skipped").asText());
  }

  @Test
  void marksComeFromTheFilesBeside() {
    Tokenizer llama = Tokenizers.open(folder("llama"));
    assertThat(llama.beginningOfTextId()).hasValue(1);
    assertThat(llama.endOfTextId()).hasValue(2);
    assertThat(llama.endOfTextIds()).containsExactly(2, 5);
    assertThat(llama.paddingId()).isEmpty();
    assertThat(llama.encode("lamp", true)).startsWith(1).doesNotContain(2);
    assertThat(llama.specialTokens()).containsEntry("bos_token", "<s>").containsEntry("eos_token", "</s>");
    Tokenizer bytes = Tokenizers.open(folder("byte-level"));
    assertThat(bytes.endOfTextId()).hasValue(0);
    assertThat(bytes.paddingId()).hasValue(1);
    assertThat(bytes.beginningOfTextId()).isEmpty();
    assertThat(bytes.vocabularySize()).isEqualTo(401);
  }

  @Test
  void halfACharacterIsShownAsSuch() {
    Tokenizer bytes = Tokenizers.open(folder("byte-level"));
    int[] ids = bytes.encode("\u9F98", false);
    assertThat(bytes.decode(new int[] {ids[0]}, false)).isEqualTo("\uFFFD");
    Tokenizer llama = Tokenizers.open(folder("llama"));
    int[] pieces = llama.encode("\u9F98", false);
    assertThat(llama.decode(new int[] {pieces[pieces.length - 1]}, false)).isEqualTo("\uFFFD");
  }

  private static int[] ints(JsonNode array) {
    int[] ints = new int[array.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = array.get(i).asInt();
    }
    return ints;
  }
}
