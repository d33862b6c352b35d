package dev.kasane.diffusion.clip.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
  @TempDir
  Path folder;

  @Test
  void rowIsBeginTokensEndPadding() {
    ClipTokenizer tokenizer = Goldens.tiny();
    int[] tokens = tokenizer.encode("a cat");
    TokenIds row = tokenizer.tokenize("a cat", 6);
    assertThat(tokens).hasSize(2);
    assertThat(row.ids()).containsExactly(tokenizer.beginId(), tokens[0], tokens[1], tokenizer.endId(),
        tokenizer.padId(), tokenizer.padId());
    assertThat(row.tokens()).isEqualTo(2);
    assertThat(row.cutOff()).isZero();
  }

  @Test
  void whatDoesNotFitIsCutOffAndCounted() {
    ClipTokenizer tokenizer = Goldens.tiny();
    TokenIds row = tokenizer.tokenize("cat ".repeat(100));
    assertThat(row.ids()).hasSize(77).startsWith(tokenizer.beginId()).endsWith(tokenizer.endId());
    assertThat(row.tokens()).isEqualTo(75);
    assertThat(row.cutOff()).isEqualTo(25);
    assertThat(tokenizer.tokenize("cat", 2).cutOff()).isEqualTo(1);
    assertThatThrownBy(() -> tokenizer.tokenize("cat", 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wordsBeyondTheCacheKeepTheirIds() {
    ClipTokenizer tokenizer = Goldens.tiny();
    int[] first = tokenizer.encode("lantern");
    IntStream.range(0, 40_000).forEach(i -> tokenizer.encode("w" + Character.toString(0x4E00 + i % 20_000)
        + (char) ('a' + i / 20_000)));
    assertThat(tokenizer.encode("lantern")).containsExactly(first);
  }

  @Test
  void veryLongWordsAreEncoded() {
    ClipTokenizer tokenizer = Goldens.tiny();
    int[] ids = tokenizer.encode("snow".repeat(50_000));
    assertThat(tokenizer.decode(ids)).isEqualTo("snow".repeat(50_000));
  }

  @Test
  void loneSurrogatesCountAsTheReplacementCharacter() {
    ClipTokenizer tokenizer = Goldens.tiny();
    assertThat(tokenizer.encode("a \ud83d b")).containsExactly(tokenizer.encode("a \ufffd b"));
  }

  @Test
  void bytesWithoutASymbolBecomeTheUnknownToken() throws IOException {
    Files.writeString(folder.resolve("vocab.json"),
        "{\"a\":0,\"b</w>\":1,\"ab</w>\":2,\"<|startoftext|>\":3,\"<|endoftext|>\":4}");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\na b</w>\n");
    assertThat(ClipTokenizer.open(folder).encode("ab xb axb")).containsExactly(2, 4, 1, 0, 4, 1);
  }

  @Test
  void decodingNamesAnIdThatIsNotThere() {
    ClipTokenizer tokenizer = Goldens.tiny();
    assertThatThrownBy(() -> tokenizer.decode(new int[] {tokenizer.vocabularySize()}))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not in the vocabulary");
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    assertRefused("no vocab.json", "tokenizer.json");
    assertThatThrownBy(() -> ClipTokenizer.open(folder.resolve("nowhere")))
        .isInstanceOf(UserException.class).hasMessageContaining("no such folder");
    Goldens.copy(Goldens.folder("tiny"), folder, "vocab.json");
    assertRefused("no merges.txt", folder.toString());
  }

  @Test
  void damagedVocabularyIsRefused() throws IOException {
    Goldens.copy(Goldens.folder("tiny"), folder, "merges.txt");
    Path file = folder.resolve("vocab.json");
    for (String content : new String[] {"", "{\"a\":1", "[]", "{}", "{\"a\":\"b\"}", "{\"a\":1,\"a\":2}",
        "{\"a\":-1}", "{\"a\":99999999}", "{\"a\":1.5}", "{\"a\":7,\"b\":7}"}) {
      Files.writeString(file, content);
      assertRefused("", folder.toString());
    }
    Files.write(file, new byte[] {'{', (byte) 0xFF, '}'});
    assertRefused("not UTF-8", "vocab.json");
  }

  @Test
  void damagedMergesAreRefusedWithTheirLine() throws IOException {
    Goldens.copy(Goldens.folder("tiny"), folder, "vocab.json");
    Path file = folder.resolve("merges.txt");
    Files.writeString(file, "#version: 0.2\na b c\n");
    assertRefused("line 2", "'a b c'");
    Files.writeString(file, "#version: 0.2\nab\n");
    assertRefused("line 2", "'ab'");
  }

  @Test
  void mergesOfAnotherVocabularyAreRefused() throws IOException {
    Goldens.copy(Goldens.folder("tiny"), folder, "vocab.json");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nz z</w>\n");
    assertRefused("no symbol 'zz</w>'", "one model");
  }

  @Test
  void tokenizerJsonOfAnotherKindIsRefused() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"),
        "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}}}");
    assertRefused("not a CLIP tokeniser", "WordPiece");
    Files.writeString(folder.resolve("tokenizer.json"),
        "{\"model\":{\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\",\"vocab\":{\"a\":0}}}");
    assertRefused("model.merges", "tokenizer.json");
  }

  @Test
  void specialTokensThatTheVocabularyLacksAreNamed() throws IOException {
    Goldens.copy(Goldens.folder("tiny"), folder, "vocab.json", "merges.txt");
    Path file = folder.resolve("special_tokens_map.json");
    Files.writeString(file, "{\"pad_token\": \"<pad>\"}");
    assertRefused("'<pad>'", "no id");
    Files.writeString(file, "{\"pad_token\": {\"content\": \"!\", \"single_word\": true}}");
    assertRefused("single_word", "special_tokens_map.json");
    Files.writeString(file, "{}");
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<|endoftext|>\": 3}");
    assertRefused("has the id 3", "added_tokens.json");
  }

  @Test
  void configurationWithAddedTokensOverrulesTheSpecialTokensMap() throws IOException {
    Goldens.copy(Goldens.folder("tiny"), folder, "vocab.json", "merges.txt");
    Files.writeString(folder.resolve("special_tokens_map.json"), "{\"pad_token\": \"<|endoftext|>\"}");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"!\"}");
    ClipTokenizer map = ClipTokenizer.open(folder);
    assertThat(map.padId()).isEqualTo(map.endId());
    Files.writeString(folder.resolve("tokenizer_config.json"),
        "{\"pad_token\": \"!\", \"added_tokens_decoder\": {\"" + map.endId() + "\": "
        + "{\"content\": \"<|endoftext|>\", \"normalized\": true, \"special\": true}}}");
    ClipTokenizer configuration = ClipTokenizer.open(folder);
    assertThat(configuration.padId()).isZero();
    assertThat(configuration.encode("<|ENDOFTEXT|>")).containsExactly(configuration.endId());
    assertThat(map.encode("<|ENDOFTEXT|>")).hasSizeGreaterThan(1);
  }

  @Test
  void anyBytesAsAFileAreReadOrRefused() throws IOException {
    byte[] good = Files.readAllBytes(Goldens.folder("tiny").resolve("vocab.json"));
    Goldens.copy(Goldens.folder("tiny"), folder, "merges.txt");
    for (int length = 0; length < good.length; length += 251) {
      Files.write(folder.resolve("vocab.json"), Arrays.copyOf(good, length));
      assertRefused("", "");
    }
    Files.write(folder.resolve("vocab.json"), good);
    assertThat(ClipTokenizer.open(folder).encode("a cat")).containsExactly(Goldens.tiny().encode("a cat"));
    assertThat(new String(good, StandardCharsets.UTF_8)).contains("cat</w>");
  }

  private void assertRefused(String what, String where) {
    assertThatThrownBy(() -> ClipTokenizer.open(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining(what).hasMessageContaining(where);
  }

  @Test
  void learnedWordsAreFoundInAnyCapitalsWhereTheyStandByThemselves() {
    ClipTokenizer plain = Goldens.tiny();
    int first = plain.vocabularySize();
    Map<String, Integer> words = new LinkedHashMap<>();
    words.put("ink", 2);
    words.put("<s1>", 1);
    words.put("ink style", 1);
    ClipTokenizer learned = plain.withWords(words, first);
    assertThat(learned.encode("INK")).containsExactly(first, first + 1);
    assertThat(learned.encode("<S1>ink,ink")).containsExactly(
        first + 2, first, first + 1, plain.encode(",")[0], first, first + 1);
    assertThat(learned.encode("Ink   Style")).containsExactly(first + 3);
    assertThat(learned.encode("pink inks ink2")).containsExactly(plain.encode("pink inks ink2"));
    assertThat(learned.decode(learned.encode("a cat ink <s1>"))).isEqualTo("a cat ink<s1>");
    assertThat(learned.vocabularySize()).isEqualTo(first + 4);
    assertThat(plain.encode("ink")).doesNotContain(first);
    assertThatThrownBy(() -> plain.withWords(words, first - 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
