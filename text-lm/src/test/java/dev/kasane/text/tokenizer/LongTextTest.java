package dev.kasane.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text that is encoded window by window has the tokens of the whole. */
class LongTextTest {
  private static final int WINDOW = 1024;
  private static final int MARGIN = 32;
  private static final Path ORIGIN = Path.of("tokenizer.json");
  private static final String[] WORDS = {"lamp", "The", " light", "ing", "é", "\uD83D\uDE42", "\u9F98", "123",
      "4", "'s",
      "\n", "\n\n", " ", "   ", "\t", "<|end|>", ".", "!?", "-", "A", "ELEVEN", "\r\n", "\u00a0", "\u0301", "ll"};
  private static final String LLAMA_3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
      + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static JsonTokenizer tokenizer(String kind) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path file = TokenizerGoldenTest.folder("byte-level").resolve("tokenizer.json");
    ObjectNode json = (ObjectNode) mapper.readTree(file.toFile());
    switch (kind) {
      case "gpt-2" -> { }
      case "llama-3" -> json.set("pre_tokenizer", mapper.readTree("{\"type\": \"Sequence\", \"pretokenizers\": ["
          + "{\"type\": \"Split\", \"pattern\": {\"Regex\": " + mapper.writeValueAsString(LLAMA_3) + "},"
          + " \"behavior\": \"Isolated\", \"invert\": false}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false,"
          + " \"trim_offsets\": true, \"use_regex\": false}]}"));
      case "one word" -> {
        json.putNull("pre_tokenizer");
        json.set("normalizer", mapper.readTree("{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\","
            + " \"prepend\": \"\u0120\"}, {\"type\": \"Replace\", \"pattern\": {\"String\": \" \"},"
            + " \"content\": \"\u0120\"}]}"));
        ((ObjectNode) json.path("model")).put("unk_token", "?").put("fuse_unk", true);
      }
      case "prefixed" -> json.set("pre_tokenizer", mapper.readTree("{\"type\": \"ByteLevel\","
          + " \"add_prefix_space\": true, \"trim_offsets\": true, \"use_regex\": true}"));
      case "lower case" -> json.set("normalizer", mapper.readTree("{\"type\": \"Sequence\", \"normalizers\": ["
          + "{\"type\": \"NFKC\"}, {\"type\": \"Lowercase\"}, {\"type\": \"Strip\", \"strip_left\": true,"
          + " \"strip_right\": true}]}"));
      default -> throw new IllegalArgumentException(kind);
    }
    return JsonTokenizer.of(Path.of("nowhere"), ORIGIN, json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-3", "one word", "prefixed", "lower case"})
  void hasTheTokensOfTheWhole(String kind) throws IOException {
    JsonTokenizer tokenizer = tokenizer(kind);
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      int variety = 1 + random.nextInt(WORDS.length);
      StringBuilder text = new StringBuilder();
      while (text.length() < 6 * WINDOW) {
        text.append(WORDS[(seed + random.nextInt(variety)) % WORDS.length]);
      }
      if (kind.equals("lower case") && text.toString().isBlank()) {
        // Where spaces are stripped, windows of spaces alone have no token to agree on.
        continue;
      }
      assertThat(tokenizer.encode(text.toString(), true, WINDOW, MARGIN)).as("text %d", seed)
          .isEqualTo(tokenizer.encode(text.toString(), true, Integer.MAX_VALUE, MARGIN));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ab", "1", "12345", "\u9F98", "!", "\uD83D\uDE42", "lamp", "AB "})
  void oneWordWithoutEnd(String part) throws IOException {
    for (String kind : List.of("gpt-2", "llama-3")) {
      JsonTokenizer tokenizer = tokenizer(kind);
      String text = "x" + part.repeat(5000) + " end";
      assertThat(tokenizer.encode(text, false, WINDOW, MARGIN)).as(kind)
          .isEqualTo(tokenizer.encode(text, false, Integer.MAX_VALUE, MARGIN));
    }
  }

  @Test
  void isRefusedWhereNothingTellsOneWindowFromAnother() throws IOException {
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree("{\"model\": {\"type\": \"WordLevel\", \"unk_token\":"
        + " \"u\", \"vocab\": {\"u\": 0, \"a\": 1}}, \"added_tokens\": [], \"pre_tokenizer\": null}");
    JsonTokenizer tokenizer = JsonTokenizer.of(Path.of("nowhere"), ORIGIN, json);
    assertThat(tokenizer.encode("a".repeat(1000), false, WINDOW, MARGIN)).containsExactly(0);
    assertThatThrownBy(() -> tokenizer.encode("a".repeat(5000), false, WINDOW, MARGIN))
        .isInstanceOf(UserException.class).hasMessageContaining("5000 characters").hasMessageContaining("Split");
  }

  /** The library counts some tokens' places wrong; nothing is joined there. */
  @Test
  void tokensWithoutAPlaceAreNoPlaceToJoin() throws IOException {
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree("{\"model\": {\"type\": \"BPE\", \"unk_token\":"
        + " \"u\", \"fuse_unk\": true, \"byte_fallback\": true, \"continuing_subword_prefix\": \"a\", \"merges\":"
        + " [], \"vocab\": {\"u\": 0, \"a\": 1, \"\u00e9\": 2}}, \"added_tokens\": []}");
    JsonTokenizer tokenizer = JsonTokenizer.of(Path.of("nowhere"), ORIGIN, json);
    assertThatThrownBy(() -> tokenizer.encode("ab \u00e9\uD83D\uDE42  ".repeat(1000), false, WINDOW, MARGIN))
        .isInstanceOf(UserException.class).hasMessageContaining("cannot be taken apart");
  }

  @Test
  void halfACharacterIsReplaced() throws IOException {
    JsonTokenizer tokenizer = tokenizer("gpt-2");
    assertThat(tokenizer.encode("a\ud83d b", false)).isEqualTo(tokenizer.encode("a\ufffd b", false));
    String text = "a\ud83d b ".repeat(1000);
    assertThat(tokenizer.encode(text, false, WINDOW, MARGIN))
        .isEqualTo(tokenizer.encode(text.replace('\ud83d', '\ufffd'), false, Integer.MAX_VALUE, MARGIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "unigram"})
  void sentencePieceModelsToo(String kind) {
    Tokenizer tokenizer = Tokenizers.open(TokenizerGoldenTest.folder(kind));
    String sentence = "The lamp's light \u00e9\uD83D\uDE42  x, 12345. ";
    String text = sentence.repeat(5000);
    int[] ids = tokenizer.encode(text, false);
    int[] twice = tokenizer.encode(sentence.repeat(2), false);
    int[] thrice = tokenizer.encode(sentence.repeat(3), false);
    int period = thrice.length - twice.length;
    for (int i = period; i < ids.length - period; i++) {
      assertThat(ids[i]).isEqualTo(thrice[period + i % period]);
    }
  }
}
