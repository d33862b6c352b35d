package dev.kasane.text.generation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.Engines;
import dev.kasane.text.Goldens;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose embedding is rounded up answer with tokens that their tokeniser does not know; these have no text. */
class PaddedVocabularyTest {
  private static final int KNOWN = 40;
  private static final int CONTINUATIONS = 24;

  @TempDir
  private Path folder;

  /** A tokeniser of a few letters, all but one of the ids below {@link #KNOWN}. */
  private Tokenizer tokenizer() throws IOException {
    StringBuilder vocabulary = new StringBuilder("\"<unk>\": 0");
    for (int id = 2; id < KNOWN; id++) {
      vocabulary.append(", \"").append(Character.toString('a' + id)).append("\": ").append(id);
    }
    Files.writeString(folder.resolve("tokenizer.json"), "{\"version\": \"1.0\", \"added_tokens\": [], \"normalizer\": null,"
        + " \"pre_tokenizer\": null, \"post_processor\": null, \"decoder\": {\"type\": \"Fuse\"}, \"model\": {\"type\":"
        + " \"BPE\", \"unk_token\": \"<unk>\", \"vocab\": {" + vocabulary + "}, \"merges\": []}}");
    return Tokenizers.open(folder);
  }

  @Test
  void whatTheTokeniserDoesNotKnowHasNoText() throws IOException {
    Tokenizer tokenizer = tokenizer();
    assertThat(tokenizer.vocabularySize()).isEqualTo(KNOWN);
    try (NDManager scope = Engines.newManager()) {
      Generator generator = new Generator(Goldens.model("gpt2", scope), tokenizer, Set.of());
      List<Prompt> prompts = new ArrayList<>();
      for (int seed = 0; seed < CONTINUATIONS; seed++) {
        prompts.add(Prompt.of(new int[] {5, 1, 3}, GenerationOptions.sampling(20, 1.5, seed)
            .stoppingAt(seed % 2 == 0 ? List.of() : List.of("no such text"))));
      }
      StringBuilder[] streamed = new StringBuilder[CONTINUATIONS];
      Arrays.setAll(streamed, row -> new StringBuilder());

      List<Continuation> all =
          generator.generate(prompts, (row, piece) -> streamed[row].append(piece), scope);

      int unknown = 0;
      for (int row = 0; row < CONTINUATIONS; row++) {
        int[] tokens = all.get(row).tokens();
        int[] known = Arrays.stream(tokens).filter(token -> token < KNOWN).toArray();
        unknown += tokens.length - known.length;
        assertThat(all.get(row).text()).isEqualTo(tokenizer.decode(known, true)).isEqualTo(streamed[row].toString());
      }
      assertThat(unknown).isPositive();
    }
  }
}
