package dev.kasane.diffusion.clip.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PromptPropertyTest {
  private static final List<String> SYNTAX = List.of("(", ")", "[", "]", ":", ":1.3)", ":-2)", ":1..2)",
      "\\", "\\(", "BREAK", " BREAK ", ",", " ", "\n", "cat", "tree ", "<|endoftext|>", "!",
      "猫", "👍🏽", "\ud83d", "\u0301", "9");

  private final ClipTokenizer tokenizer = Goldens.tiny();
  private final PromptChunks chunks = new PromptChunks(tokenizer);

  @Provide
  Arbitrary<String> prompts() {
    Arbitrary<String> syntax = Arbitraries.of(SYNTAX).list().ofMaxSize(150)
        .map(parts -> String.join("", parts));
    return Arbitraries.oneOf(syntax, Arbitraries.strings().all().ofMaxLength(120));
  }

  @Property(tries = 500)
  void anyStringBecomesRowsOf77WithBeginFirst(@ForAll("prompts") String prompt) {
    EncodedPrompt encoded = chunks.encode(prompt);
    assertThat(encoded.chunkCount()).isPositive();
    for (int row = 0; row < encoded.chunkCount(); row++) {
      assertThat(encoded.ids()[row]).hasSize(77).startsWith(tokenizer.beginId()).contains(tokenizer.endId());
      assertThat(Arrays.stream(encoded.ids()[row]))
          .allMatch(id -> id >= 0 && id < tokenizer.vocabularySize());
      for (float weight : encoded.weights()[row]) {
        assertThat(Float.isFinite(weight)).isTrue();
      }
      assertThat(encoded.weights()[row][0]).isEqualTo(1);
      assertThat(encoded.weights()[row][76]).isEqualTo(1);
    }
  }

  @Property(tries = 500)
  void noTokenIsLostOrMovedOutOfOrder(@ForAll("prompts") String prompt) {
    int[] all = PromptParser.parse(prompt).stream().filter(WeightedText.class::isInstance)
        .flatMapToInt(piece -> Arrays.stream(tokenizer.encode(((WeightedText) piece).text()))).toArray();
    int[] rows = Arrays.stream(chunks.encode(prompt).ids()).flatMapToInt(Arrays::stream)
        .filter(id -> id != tokenizer.beginId() && id != tokenizer.endId()).toArray();
    assertThat(rows).containsExactly(Arrays.stream(all).filter(id -> id != tokenizer.endId()).toArray());
  }

  @Property(tries = 500)
  void textWithoutSyntaxIsOnePieceAsGiven(@ForAll("prompts") String prompt) {
    String plain = prompt.replaceAll("[()\\[\\]\\\\]", "").replace("BREAK", "");
    assertThat(PromptParser.parse(plain)).containsExactly(new WeightedText(plain, 1));
    assertThat(chunks.encode(plain).isWeighted()).isFalse();
    TokenIds row = tokenizer.tokenize(plain);
    if (row.cutOff() == 0) {
      assertThat(chunks.encode(plain).ids()).isDeepEqualTo(new int[][] {row.ids()});
    }
  }

  @Property(tries = 300)
  void decodedTextEncodesToTheSameIds(@ForAll("prompts") String prompt) {
    int[] ids = tokenizer.encode(prompt.replace("</w>", "").replace("<|", ""));
    // Text that merges did not cut within a character comes back whole; encoding it again changes nothing.
    String decoded = tokenizer.decode(ids);
    assertThat(tokenizer.decode(tokenizer.encode(decoded))).isEqualTo(decoded);
  }
}
