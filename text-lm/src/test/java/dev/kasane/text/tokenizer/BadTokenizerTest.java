package dev.kasane.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadTokenizerTest {
  @TempDir
  private Path folder;

  @Test
  void aFolderWithoutTokenizerNamesWhatIsExpected() {
    assertThatThrownBy(() -> Tokenizers.open(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining(folder.toString()).hasMessageContaining("tokenizer.json")
        .hasMessageContaining("tokenizer.model");
  }

  @Test
  void aVocabularyLargerThanTheEmbeddingIsRefused() {
    Tokenizer tokenizer = Tokenizers.open(TokenizerGoldenTest.folder("byte-level"));
    List<String> notices = new ArrayList<>();
    assertThat(Tokenizers.fitted(tokenizer, 401, folder, notices::add)).isSameAs(tokenizer);
    assertThat(Tokenizers.fitted(tokenizer, 512, folder, notices::add)).isSameAs(tokenizer);
    assertThat(notices).isEmpty();
    assertThatThrownBy(() -> Tokenizers.fitted(tokenizer, 399, folder, notices::add))
        .isInstanceOf(UserException.class).hasMessageContaining("401").hasMessageContaining("399");
  }

  /** A token was added for filling rows, as many do, and the model was not made larger by a row. */
  @Test
  void anAddedTokenWithoutEmbeddingIsRefusedWhereATextHasIt() throws IOException {
    Files.copy(TokenizerGoldenTest.folder("byte-level").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    Files.writeString(folder.resolve("tokenizer_config.json"),
        "{\"pad_token\": \"[PAD]\", \"eos_token\": \"<|end|>\"}");
    Files.writeString(folder.resolve("added_tokens.json"), "{\"[PAD]\": 401}");
    Tokenizer whole = Tokenizers.open(folder);
    assertThat(whole.paddingId()).hasValue(401);
    List<String> notices = new ArrayList<>();
    Tokenizer fitted = Tokenizers.fitted(whole, 401, folder, notices::add);
    assertThat(notices).singleElement().asString().contains("1 added token ('[PAD]')").contains(folder.toString());
    assertThat(fitted.paddingId()).isEmpty();
    assertThat(fitted.endOfTextId()).isEqualTo(whole.endOfTextId()).isPresent();
    assertThat(fitted.encode("The lamp", true)).isEqualTo(whole.encode("The lamp", true));
    assertThatThrownBy(() -> fitted.encode("The [PAD] lamp", true)).isInstanceOf(UserException.class)
        .hasMessageContaining("'[PAD]'").hasMessageContaining("401");
    assertThat(fitted.decode(new int[] {401, 402}, false)).isEqualTo("[PAD]");
  }

  /** A number in the configuration that is no token's fills rows as well as any other: nobody looks there. */
  @Test
  void aPaddingIdWithoutEmbeddingIsNotUsed() throws IOException {
    Files.copy(TokenizerGoldenTest.folder("byte-level").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    Files.writeString(folder.resolve("config.json"), "{\"pad_token_id\": 401}");
    Tokenizer tokenizer = Tokenizers.open(folder);
    assertThat(tokenizer.paddingId()).hasValue(401);
    assertThat(Tokenizers.fitted(tokenizer, 401, folder, notice -> { }).paddingId()).isEmpty();
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": 401}");
    assertThatThrownBy(() -> Tokenizers.fitted(Tokenizers.open(folder), 401, folder, notice -> { }))
        .isInstanceOf(UserException.class).hasMessageContaining("begins or ends a text the id 401")
        .hasMessageContaining("generation_config.json");
    Files.delete(folder.resolve("generation_config.json"));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"[NEW]\"}");
    assertThatThrownBy(() -> Tokenizers.fitted(Tokenizers.open(folder), 401, folder, notice -> { }))
        .isInstanceOf(UserException.class).hasMessageContaining("'[NEW]' in tokenizer_config.json");
  }

  @Test
  void idsOutsideTheVocabularyHaveNoText() {
    for (String kind : new String[] {"byte-level", "llama", "unigram"}) {
      Tokenizer tokenizer = Tokenizers.open(TokenizerGoldenTest.folder(kind));
      int[] ids = tokenizer.encode("The \u9F98 lamp", false);
      int[] padded = Arrays.stream(ids).flatMap(id -> IntStream.of(id, tokenizer.vocabularySize(), -1, 99_999_999))
          .toArray();
      assertThat(tokenizer.decode(padded, true)).isEqualTo(tokenizer.decode(ids, true)).isNotEmpty();
      assertThat(tokenizer.decode(new int[] {tokenizer.vocabularySize()}, true)).isEmpty();
    }
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": ");
    assertRefused("tokenizer.json");
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {}}");
    assertRefused("vocab");
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"type\":\"Other\",\"vocab\":{\"a\":0}}}");
    assertRefused("tokenizer.json");
    Files.delete(folder.resolve("tokenizer.json"));
    Files.writeString(folder.resolve("tokenizer.model"), "version https://git-lfs.github.com/spec/v1\n");
    assertRefused("LFS");
  }

  @Test
  void aMarkOutsideTheVocabularyGetsAnIdWhichTheModelMustHave() throws IOException {
    Files.copy(TokenizerGoldenTest.folder("llama").resolve("tokenizer.model"), folder.resolve("tokenizer.model"));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"<|done|>\"}");
    Tokenizer tokenizer = Tokenizers.open(folder);
    assertThat(tokenizer.endOfTextId()).hasValue(460);
    assertThatThrownBy(() -> Tokenizers.fitted(tokenizer, 460, folder, notice -> { })).isInstanceOf(UserException.class)
        .hasMessageContaining("460");
  }

  @Test
  void theOlderFormOfByteLevelFilesGivesTheSameIds() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path single = TokenizerGoldenTest.folder("byte-level").resolve("tokenizer.json");
    ObjectNode json = (ObjectNode) mapper.readTree(single.toFile());
    mapper.writeValue(folder.resolve("vocab.json").toFile(), json.path("model").path("vocab"));
    StringBuilder merges = new StringBuilder("#version: 0.2\n");
    json.path("model").path("merges").forEach(pair ->
        merges.append(pair.path(0).asText()).append(' ').append(pair.path(1).asText()).append('\n'));
    Files.writeString(folder.resolve("merges.txt"), merges);
    Files.writeString(folder.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"GPT2Tokenizer\", \"bos_token\": \"<|end|>\", \"eos_token\": \"<|end|>\","
            + " \"add_bos_token\": true}");
    Tokenizer whole = Tokenizers.open(TokenizerGoldenTest.folder("byte-level"));
    Tokenizer parts = Tokenizers.open(folder);
    String text = "The lamp's light <|end|> \u00e9\uD83D\uDE42  x";
    assertThat(parts.encode(text, false)).isEqualTo(whole.encode(text, false));
    assertThat(parts.encode("lamp", true)[0]).isZero();
  }

  /** A model file damaged anywhere is refused in words or still splits; it never fails otherwise. */
  @Property(tries = 150)
  void damagedModelsNeverBreakTheProgram(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int damages)
      throws IOException {
    Path work = Files.createTempDirectory("kasane-damaged");
    for (String kind : new String[] {"llama", "unigram"}) {
      byte[] bytes = Files.readAllBytes(TokenizerGoldenTest.folder(kind).resolve("tokenizer.model"));
      Random random = new Random(seed);
      for (int i = 0; i < damages; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Path file = work.resolve("tokenizer.model");
      Files.write(file, random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      try {
        Tokenizers.open(work).encode("The lamp \uFF21\u00a0 \uD83D\uDE42 x", true);
      } catch (UserException e) {
        assertThat(e).hasMessageContaining("tokenizer.model");
      }
    }
    Files.delete(work.resolve("tokenizer.model"));
    Files.delete(work);
  }

  private void assertRefused(String part) {
    assertThatThrownBy(() -> Tokenizers.open(folder)).isInstanceOf(UserException.class).hasMessageContaining(part);
  }
}
