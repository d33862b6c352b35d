package dev.kasane.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.file.TokenizerDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Where tokens stand as the bytes of their vocabulary have it, against the library's own places. */
class TokenBytesTest {
  private static final List<String> BYTE_LEVEL = List.of("bloom", "command-r", "deepseek", "gpt-neox", "gpt2", "llama3",
      "o200k", "qwen2", "starcoder2", "tekken");

  private static TokenizerDescription description(Path folder) {
    Path file = folder.resolve(TokenizerFiles.SINGLE_FILE);
    return TokenizerDescription.of(folder, file, TokenizerFiles.readObject(file));
  }

  @TestFactory
  List<DynamicTest> arePlacedAsTheLibraryPlacesThem() throws IOException {
    List<String> texts = TokenizerCorpusTest.texts();
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : BYTE_LEVEL) {
      tests.add(DynamicTest.dynamicTest(name, () -> check(description(TokenizerGoldenTest.folder("corpus")
          .resolve(name)), texts)));
    }
    return tests;
  }

  private static void check(TokenizerDescription description, List<String> texts) {
    TokenBytes bytes = TokenBytes.of(description).orElseThrow();
    NativeTokenizer library = new NativeTokenizer(description.origin(), description.json());
    int placed = 0;
    for (String text : texts) {
      String whole = WholeCharacters.of(text);
      TokenSpans expected = library.spans(whole, 0, false);
      Optional<TokenSpans> found = bytes.place(whole, expected.ids());
      if (found.isPresent()) {
        assertThat(found.get().starts()).as(text).isEqualTo(expected.starts());
        assertThat(found.get().ends()).as(text).isEqualTo(expected.ends());
        placed++;
      }
    }
    assertThat(placed).isGreaterThan(texts.size() / 2);
  }

  @Test
  void whatDoesNotMakeUpTheTextHasNoPlace() throws IOException {
    TokenizerDescription description = description(TokenizerGoldenTest.folder("corpus").resolve("gpt2"));
    TokenBytes bytes = TokenBytes.of(description).orElseThrow();
    NativeTokenizer library = new NativeTokenizer(description.origin(), description.json());
    int[] ids = library.ids("a caf\u00e9", false);
    assertThat(bytes.place("a caf\u00e9", ids)).isPresent();
    assertThat(bytes.place("a caf\u00e9s", ids)).isEmpty();
    assertThat(bytes.place("a cafe", ids)).isEmpty();
    assertThat(bytes.place("", ids)).isEmpty();
    assertThat(bytes.place("", new int[0])).isPresent();
  }

  @Test
  void tokenisersThatPutSomethingInAreLeftToTheLibrary() throws IOException {
    try (Stream<Path> folders = Files.list(TokenizerGoldenTest.folder("corpus"))) {
      assertThat(folders.filter(Files::isDirectory)
          .filter(folder -> TokenBytes.of(description(folder)).isPresent()).map(folder -> folder.getFileName().toString()))
          .containsAll(BYTE_LEVEL).doesNotContain("llama2", "gemma", "unigram", "wordpiece", "code-llama", "phi3");
    }
  }
}
