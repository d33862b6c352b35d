package dev.kasane.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.UserException;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders without tokenizer.json: which are read by which class, and what is said of the others. */
class OlderFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LAMP = "The lamp's light, \uFF21\u00a0 \uD83D\uDE42 12 x";

  @TempDir
  private Path folder;

  private static Path setup(String name) {
    return TokenizerGoldenTest.folder("older").resolve(name);
  }

  private static void copy(String setup, Path to, String... names) throws IOException {
    for (String name : names) {
      Files.copy(setup(setup).resolve(name), to.resolve(name));
    }
  }

  private void configure(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), json);
  }

  private void assertRefused(String... parts) {
    for (String part : parts) {
      assertThatThrownBy(() -> Tokenizers.open(folder)).isInstanceOf(UserException.class).hasMessageContaining(part);
    }
  }

  @Test
  void theSameVocabularyIsSplitByItsClass() throws IOException {
    copy("qwen2-files", folder, "vocab.json", "merges.txt");
    configure("{\"tokenizer_class\": \"GPT2Tokenizer\"}");
    String code = "for (x) {\n\tfoo_bar(a->b);\n}\n\n";
    int[] asGpt2 = Tokenizers.open(folder).encode(code, false);
    configure("{\"tokenizer_class\": \"Qwen2TokenizerFast\"}");
    assertThat(Tokenizers.open(folder).encode(code, false)).isNotEqualTo(asGpt2)
        .isEqualTo(Tokenizers.open(setup("qwen2-files")).encode(code, false));
  }

  @Test
  void whatTheReportedFolderGives() throws IOException {
    Path reported = SharedData.path("reports/cases/qwen2-slow-tokenizer");
    Tokenizer tokenizer = Tokenizers.open(reported);
    for (JsonNode row : JSON.readTree(reported.resolve("right.json").toFile()).path("right")) {
      assertThat(tokenizer.encode(row.path(0).asText(), false)).as(row.path(0).asText())
          .isEqualTo(JSON.convertValue(row.path(1), int[].class));
    }
  }

  @Test
  void aVocabularyOfNoKnownClassIsRefused() throws IOException {
    copy("qwen2-files", folder, "vocab.json", "merges.txt");
    assertRefused("vocab.json", "tokenizer_class", "tokenizer_config.json", "save_pretrained");
    configure("{\"tokenizer_class\": \"OtherTokenizer\"}");
    assertRefused("OtherTokenizer", "rules", "tokenizer.json");
    configure("{\"tokenizer_class\": \"OtherTokenizer\", \"auto_map\": {\"AutoTokenizer\": [\"a.Other\", null]}}");
    assertRefused("OtherTokenizer", "code that comes with the model", "tokenizer.json");
    configure("{\"tokenizer_class\": \"LlamaTokenizer\"}");
    assertRefused("LlamaTokenizer", "vocab.json");
    configure("{\"tokenizer_class\": \"T5Tokenizer\"}");
    assertRefused("T5Tokenizer", "vocab.json");
  }

  @Test
  void aModelFileOfAnotherClassIsRefused() throws IOException {
    copy("llama-pieces", folder, "tokenizer.model");
    configure("{\"tokenizer_class\": \"Qwen2Tokenizer\"}");
    assertRefused("Qwen2Tokenizer", "tokenizer.model", "vocab.json");
    configure("{\"tokenizer_class\": \"T5Tokenizer\"}");
    assertRefused("T5Tokenizer", "BYTE_PAIR", "UNIGRAM");
    configure("{\"tokenizer_class\": \"XGLMTokenizer\"}");
    assertRefused("XGLMTokenizer");
    Files.delete(folder.resolve("tokenizer.model"));
    copy("unigram-pieces", folder, "tokenizer.model");
    configure("{\"tokenizer_class\": \"GemmaTokenizer\"}");
    assertRefused("GemmaTokenizer", "UNIGRAM");
  }

  @Test
  void theFirstQwenIsNamed() throws IOException {
    Files.writeString(folder.resolve("qwen.tiktoken"), "IQ== 0\n");
    configure("{\"tokenizer_class\": \"QWenTokenizer\"}");
    assertRefused("qwen.tiktoken", "own code", "tokenizer.json");
  }

  /** Old Llama models of Japanese are unigram models; transformers 4 split them so. */
  @Test
  void aUnigramModelIsSplitAsSuchByLlamasClassToo() throws IOException {
    copy("unigram-pieces", folder, "tokenizer.model");
    configure("{\"tokenizer_class\": \"LlamaTokenizer\"}");
    assertThat(Tokenizers.open(folder).encode("The lamp is light.", false))
        .isEqualTo(Tokenizers.open(setup("unigram-pieces")).encode("The lamp is light.", false));
  }

  @Test
  void filesBesideNameThePlaceholdersOfAModel() throws IOException {
    copy("mistral-pieces", folder, "tokenizer.model");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mistral\"}");
    configure("{\"added_tokens_decoder\": {\"3\": {\"content\": \"<|chat|>\", \"special\": true}}}");
    Tokenizer named = Tokenizers.open(folder);
    assertThat(named.encode("<|chat|>", false)).containsExactly(3);
    assertThat(named.decode(new int[] {3}, false)).isEqualTo("<|chat|>");
    assertThat(named.vocabularySize()).isEqualTo(900);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": 0.5}", "{\"a\": -1}", "{\"a\": \"0\"}", "{\"a\": null}", "{\"a\": [0]}",
      "{\"a\": 99999999999}", "{\"a\": 0, \"b\": 0}", "{\"a\": 2000000000}", "[]", "{}", "7", "", "{\"a\": 0"})
  void oddVocabulariesAreRefused(String vocabulary) throws IOException {
    Files.writeString(folder.resolve("vocab.json"), vocabulary);
    Files.writeString(folder.resolve("merges.txt"), "");
    configure("{\"tokenizer_class\": \"GPT2Tokenizer\"}");
    assertRefused("vocab.json");
  }

  @Test
  void oddMergesAreRefused() throws IOException {
    copy("gpt2-files", folder, "vocab.json");
    configure("{\"tokenizer_class\": \"GPT2Tokenizer\"}");
    for (String merges : List.of("#version: 0.2\na\n", "a b c\n", "a  b\n", "qq zz\n")) {
      Files.writeString(folder.resolve("merges.txt"), merges);
      assertRefused(folder.toString());
    }
    Files.write(folder.resolve("merges.txt"), new byte[] {(byte) 0xFF, ' ', 'a', '\n'});
    assertRefused("merges.txt");
  }

  @Test
  void oddSettingsAreRefused() throws IOException {
    copy("t5-pieces", folder, "spiece.model");
    for (String count : List.of("-1", "100001", "2000000000")) {
      configure("{\"tokenizer_class\": \"T5Tokenizer\", \"extra_ids\": " + count + "}");
      assertRefused("extra_ids", count);
    }
    configure("{\"tokenizer_class\": \"T5Tokenizer\", \"added_tokens_decoder\": {\"x\": {\"content\": \"<a>\"}}}");
    assertRefused("'x'");
  }

  @Test
  void gapsBetweenTiktokensMarksAreFilled() throws IOException {
    copy("llama3-tiktoken", folder, "tokenizer.model");
    configure("{\"added_tokens_decoder\": {\"570\": {\"content\": \"<|late|>\", \"special\": true}}}");
    assertThat(Tokenizers.open(folder).encode("<|late|><|reserved_token_561|>", false)).containsExactly(570, 561);
    configure("{\"added_tokens_decoder\": {\"999999999\": {\"content\": \"<|late|>\", \"special\": true}}}");
    assertRefused("999999999", "560");
  }

  @Test
  void oddTiktokenFilesAreRefused() throws IOException {
    for (String lines : List.of("IQ== 0\nIQ== 1\n", "IQ== 0\nIg== 0\n", "IQ== 0\nnothing\n", "IQ== 0\nIQ= 1\n",
        "IQ== 0\nIg== 99999999999\n")) {
      Files.writeString(folder.resolve("tokenizer.model"), lines);
      assertRefused("tokenizer.model");
    }
  }

  /** Files damaged anywhere are refused in words or still split; they never fail otherwise. */
  @Property(tries = 60)
  void damagedFilesNeverBreakTheProgram(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int damages)
      throws IOException {
    Random random = new Random(seed);
    String[] setups = {"qwen2-before", "code-gen-files", "mistral-pieces", "t5-pieces", "gemma-pieces",
        "llama3-tiktoken"};
    Path work = Files.createTempDirectory("kasane-damaged");
    Path from = setup(setups[random.nextInt(setups.length)]);
    List<Path> files;
    try (Stream<Path> all = Files.list(from)) {
      files = all.filter(file -> !file.endsWith("golden.json")).sorted().toList();
    }
    Path damaged = files.get(random.nextInt(files.size()));
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      for (int i = 0; i < damages && file.equals(damaged); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      boolean cut = file.equals(damaged) && random.nextInt(4) == 0;
      Files.write(work.resolve(file.getFileName()), cut ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
    }
    try {
      Tokenizer tokenizer = Tokenizers.open(work);
      tokenizer.decode(tokenizer.encode(LAMP, true), true);
    } catch (UserException e) {
      assertThat(e.getMessage().getBytes(StandardCharsets.UTF_8).length).isLessThan(2_000);
      assertThat(e).hasMessageContaining(work.toString());
    } finally {
      for (Path file : files) {
        Files.delete(work.resolve(file.getFileName()));
      }
      Files.delete(work);
    }
  }
}
