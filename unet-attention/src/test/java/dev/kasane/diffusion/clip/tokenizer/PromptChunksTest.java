package dev.kasane.diffusion.clip.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptChunksTest {
  private final ClipTokenizer tokenizer = Goldens.tiny();
  private final PromptChunks chunks = new PromptChunks(tokenizer);

  @Test
  void plainPromptGivesTheTokenizersRow() {
    List<String> prompts = List.of("", "a red house, on a hill", "cat ".repeat(75), "time: 12:30",
        " café\n猫 ");
    for (String prompt : prompts) {
      EncodedPrompt encoded = chunks.encode(prompt);
      assertThat(encoded.chunkCount()).isEqualTo(1);
      assertThat(encoded.ids()[0]).containsExactly(tokenizer.tokenize(prompt).ids());
      assertThat(encoded.isWeighted()).isFalse();
    }
  }

  @Test
  void weightsFollowTheirTokens() {
    EncodedPrompt encoded = chunks.encode("a (red:1.5) cat");
    assertThat(encoded.ids()[0]).containsExactly(tokenizer.tokenize("a red cat").ids());
    float[] expected = new float[77];
    Arrays.fill(expected, 1);
    expected[2] = 1.5f;
    assertThat(encoded.weights()[0]).containsExactly(expected);
    assertThat(encoded.isWeighted()).isTrue();
  }

  @Test
  void captionsAreTakenLiterally() {
    for (String caption : List.of("saber (fate), BREAK", "a (red:1.5) cat", "[dog] \\(x\\)")) {
      EncodedPrompt encoded = chunks.encodeLiterally(caption);
      assertThat(encoded.chunkCount()).isEqualTo(1);
      assertThat(encoded.ids()[0]).containsExactly(tokenizer.tokenize(caption).ids());
      assertThat(encoded.isWeighted()).isFalse();
    }
  }

  @Test
  void longPromptWithoutCommasIsCutWhereAChunkIsFull() {
    assertThat(lengths("cat ".repeat(76))).containsExactly(75, 1);
    assertThat(lengths("cat ".repeat(150))).containsExactly(75, 75);
    assertThat(lengths("cat ".repeat(151))).containsExactly(75, 75, 1);
  }

  @Test
  void chunkEndsAfterACommaNearItsEnd() {
    // With 60 words before it the comma is token 61; the 20 words after it would end in the next chunk.
    assertThat(lengths("cat ".repeat(60) + ", " + "tree ".repeat(20))).containsExactly(61, 20);
    assertThat(lengths("cat ".repeat(55) + ", " + "tree ".repeat(20))).containsExactly(56, 20);
    assertThat(lengths("cat ".repeat(54) + ", " + "tree ".repeat(21))).containsExactly(75, 1);
    assertThat(lengths("cat ".repeat(74) + ", tree")).containsExactly(75, 1);
  }

  @Test
  void lastCommaCountsAndACommaThatIsNextDoesNotTriggerTheMove() {
    assertThat(lengths("cat ".repeat(60) + ", cat, " + "tree ".repeat(20))).containsExactly(63, 20);
    assertThat(lengths("cat ".repeat(60) + ", " + "tree ".repeat(14) + ", cat")).containsExactly(75, 2);
  }

  @Test
  void promptThatFitsIsNotCutAtItsComma() {
    assertThat(lengths("cat ".repeat(60) + ", " + "tree ".repeat(14))).containsExactly(75);
  }

  @Test
  void movedTokensKeepTheirWeights() {
    EncodedPrompt encoded = chunks.encode("cat ".repeat(60) + ", (" + "tree ".repeat(20) + ":2)");
    assertThat(encoded.weights()[0]).containsOnly(1);
    assertThat(Arrays.copyOfRange(encoded.weights()[1], 1, 21)).containsOnly(2);
    assertThat(encoded.weights()[1][21]).isEqualTo(1);
    assertThat(encoded.ids()[1]).containsExactly(tokenizer.tokenize("tree ".repeat(20)).ids());
  }

  @Test
  void backtrackingCanBeSwitchedOff() {
    PromptChunks plain = new PromptChunks(tokenizer, 0);
    assertThat(lengths(plain.encode("cat ".repeat(60) + ", " + "tree ".repeat(20)))).containsExactly(75, 6);
    assertThatThrownBy(() -> new PromptChunks(tokenizer, 76)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void breakStartsAChunk() {
    assertThat(lengths("a cat BREAK a tree, red")).containsExactly(2, 4);
    assertThat(lengths("BREAK cat")).containsExactly(0, 1);
    assertThat(lengths("cat BREAK")).containsExactly(1);
    assertThat(lengths("cat BREAK BREAK tree")).containsExactly(1, 0, 1);
    assertThat(lengths("cat ".repeat(75) + "BREAK tree")).containsExactly(75, 1);
  }

  /** In AUTOMATIC1111's way: a word that does not fit begins the next chunk, and a comma moves what is behind it. */
  @Test
  void learnedWordsCountAllTheirTokensAndAreNeverCut() {
    int first = tokenizer.vocabularySize() + 5;
    PromptChunks learned = new PromptChunks(tokenizer.withWords(Map.of("<ink>", 3), first));
    assertThat(lengths(learned.encode("<ink> cat <ink>"))).containsExactly(7);
    assertThat(lengths(learned.encode("cat ".repeat(72) + "<ink>"))).containsExactly(75);
    assertThat(lengths(learned.encode("cat ".repeat(73) + "<ink> tree"))).containsExactly(73, 4);
    assertThat(lengths(learned.encode("<ink> ".repeat(26)))).containsExactly(75, 3);
    assertThat(lengths(learned.encode("cat ".repeat(70) + ", tree <ink>"))).containsExactly(75);
    assertThat(lengths(learned.encode("cat ".repeat(70) + ", " + "tree ".repeat(4) + "<ink>")))
        .containsExactly(71, 7);
    EncodedPrompt weighted = learned.encode("a (<ink>:1.5) cat");
    assertThat(Arrays.copyOf(weighted.ids()[0], 7)).containsExactly(tokenizer.beginId(),
        tokenizer.encode("a")[0], first, first + 1, first + 2, tokenizer.encode("cat")[0], tokenizer.endId());
    assertThat(Arrays.copyOf(weighted.weights()[0], 7)).containsExactly(1, 1, 1.5f, 1.5f, 1.5f, 1, 1);
  }

  @Test
  void promptAndNegativePromptGetTheSameNumberOfChunks() {
    EncodedPrompt longer = chunks.encode("cat ".repeat(200));
    EncodedPrompt shorter = chunks.encode("(tree:1.2)");
    List<EncodedPrompt> aligned = chunks.alignLengths(longer, shorter);
    assertThat(aligned.get(0)).isSameAs(longer);
    assertThat(aligned.get(1).chunkCount()).isEqualTo(3);
    assertThat(aligned.get(1).ids()[0]).isEqualTo(shorter.ids()[0]);
    assertThat(aligned.get(1).weights()[0]).isEqualTo(shorter.weights()[0]);
    assertThat(aligned.get(1).ids()[2]).containsExactly(tokenizer.tokenize("").ids());
    assertThat(aligned.get(1).weights()[2]).containsOnly(1);
    assertThat(chunks.alignLengths(shorter, longer).get(0).ids()).isDeepEqualTo(aligned.get(1).ids());
  }

  @Test
  void paddingIsThatOfTheModel(@TempDir Path folder) throws IOException {
    Goldens.copy(Goldens.folder("tiny"), folder, "vocab.json", "merges.txt");
    Files.writeString(folder.resolve("special_tokens_map.json"), "{\"pad_token\": \"!\"}");
    ClipTokenizer second = ClipTokenizer.open(folder);
    EncodedPrompt encoded = new PromptChunks(second).encode("cat BREAK tree");
    assertThat(encoded.ids()[0]).containsExactly(second.tokenize("cat").ids()).endsWith(0, 0, 0);
    assertThat(encoded.ids()[1]).containsExactly(second.tokenize("tree").ids());
  }

  private List<Integer> lengths(String prompt) {
    return lengths(chunks.encode(prompt));
  }

  private List<Integer> lengths(EncodedPrompt encoded) {
    List<Integer> lengths = new ArrayList<>();
    for (int[] row : encoded.ids()) {
      int end = 1;
      while (row[end] != tokenizer.endId()) {
        end++;
      }
      lengths.add(end - 1);
    }
    return lengths;
  }
}
