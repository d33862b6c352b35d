package dev.kasane.diffusion.clip.tokenizer;

import dev.kasane.core.tokenizer.PairLearner.Pair;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyVocabularyTrainerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  Path folder;

  @Test
  void writesTheFolderThatTransformersOpens() throws IOException {
    // The reference ids of the golden test were made by transformers from this very folder.
    new TinyVocabularyTrainer(160).train(captions()).write(folder);
    Path expected = Goldens.folder("tiny");
    assertThat(folder.resolve("vocab.json")).hasSameTextualContentAs(expected.resolve("vocab.json"));
    assertThat(folder.resolve("merges.txt")).hasSameTextualContentAs(expected.resolve("merges.txt"));
    for (String name : List.of("tokenizer_config.json", "special_tokens_map.json")) {
      assertThat(JSON.readTree(folder.resolve(name).toFile()))
          .isEqualTo(JSON.readTree(expected.resolve(name).toFile()));
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void orderOfCaptionsDoesNotMatter() throws IOException {
    List<String> reversed = new ArrayList<>(captions());
    Collections.reverse(reversed);
    assertThat(new TinyVocabularyTrainer(60).train(reversed))
        .isEqualTo(new TinyVocabularyTrainer(60).train(captions()));
  }

  @Test
  void mergesAreTheMostFrequentPairsFirst() {
    ClipVocabulary vocabulary = new TinyVocabularyTrainer(2).train(List.of("abab ab", "xyb", "abc"));
    assertThat(vocabulary.merges()).containsExactly(
        new Pair("a", "b"), new Pair("a", "b</w>"));
    assertThat(vocabulary.ids()).hasSize(516).containsEntry("ab", 512).containsEntry("ab</w>", 513)
        .containsEntry("<|startoftext|>", 514).containsEntry("<|endoftext|>", 515)
        .containsEntry("!", 0).containsEntry("!</w>", 256);
  }

  @Test
  void everyTextCanBeSpeltAndFrequentWordsAreOneToken() throws IOException {
    ClipTokenizer tokenizer = ClipTokenizer.of(new TinyVocabularyTrainer(160).train(captions()));
    assertThat(tokenizer.encode("mountain")).hasSize(1);
    assertThat(tokenizer.decode(tokenizer.encode("quux 猫 \u0001"))).isEqualTo("quux 猫 \u0001");
    assertThat(tokenizer.encode("quux 猫")).doesNotContain(tokenizer.endId());
  }

  @Test
  void withoutCaptionsThereAreOnlyBytes() {
    ClipVocabulary vocabulary = new TinyVocabularyTrainer(100).train(List.of());
    assertThat(vocabulary.merges()).isEmpty();
    assertThat(vocabulary.size()).isEqualTo(514);
    assertThat(ClipTokenizer.of(vocabulary).encode("ab")).hasSize(2);
  }

  @Test
  void writingReplacesWhatWasThere() throws IOException {
    new TinyVocabularyTrainer(10).train(captions()).write(folder);
    new TinyVocabularyTrainer(0).train(captions()).write(folder);
    assertThat(ClipTokenizer.open(folder).vocabularySize()).isEqualTo(514);
  }

  @Test
  void folderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    ClipVocabulary vocabulary = new TinyVocabularyTrainer(0).train(List.of());
    assertThatThrownBy(() -> vocabulary.write(file.resolve("sub"))).isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void limitIsChecked() {
    assertThatThrownBy(() -> new TinyVocabularyTrainer(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> captions() throws IOException {
    return Files.readAllLines(Goldens.folder("captions.txt"));
  }
}
