package dev.kasane.text.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.text.data.ExampleEncoder;
import dev.kasane.text.data.DataReport;
import dev.kasane.text.data.ExampleTemplates;
import dev.kasane.text.data.RecordFiles;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoWorldTest {
  @TempDir
  private static Path folder;

  private static Tokenizer tokenizer;

  @BeforeAll
  static void trainTokenizer() throws IOException {
    ObjectNode json = DemoLanguageModel.trainTokenizer(new WorldText(4));
    DemoLanguageModel.writeTokenizer(json, folder);
    tokenizer = Tokenizers.open(folder);
  }

  @Test
  void textIsAFunctionOfItsNumberAndRarelyRepeats() {
    Set<String> texts = new HashSet<>();
    LongStream.range(0, 2000).forEach(number -> texts.add(new WorldText(4).text(number)));
    assertThat(texts).hasSizeGreaterThan(1900);
    assertThat(new WorldText(4).text(17)).isEqualTo(new WorldText(4).text(17));
    assertThat(new WorldText(5).text(17)).isNotEqualTo(new WorldText(4).text(17));
    assertThat(texts).noneMatch(text -> text.contains("Instruction") || text.contains("Describe"));
  }

  @Test
  void theVocabularyIsSmallCompleteAndReversible() {
    assertThat(tokenizer.vocabularySize()).isLessThanOrEqualTo(1024).isGreaterThan(600);
    for (String text : List.of("The Velkin is a lamp.", "  spaces\n\n\tand lines", "\u91cd\u306d \uD83D\uDE42 \u00e9",
        "it's 123, <x>")) {
      assertThat(tokenizer.decode(tokenizer.encode(text, true), true)).isEqualTo(text);
    }
    assertThat(tokenizer.encode("a", true)[0]).isZero();
    assertThat(tokenizer.endOfTextId()).hasValue(1);
    assertThat(tokenizer.paddingId()).hasValue(2);
    String words = "There is a new kettle at the market.";
    assertThat(tokenizer.encode(words, false).length).isLessThanOrEqualTo(12);
  }

  @Test
  void heldOutProductsAreNew() {
    Set<String> known = new HashSet<>();
    DemoInstructions.training(400).forEach(task -> known.add(task.name()));
    assertThat(known).hasSize(400);
    assertThat(DemoInstructions.heldOut(60)).hasSize(60).noneMatch(task -> known.contains(task.name()));
    assertThat(DemoInstructions.training(5)).isEqualTo(DemoInstructions.training(400).subList(0, 5));
  }

  @Test
  void theInstructionsFitTheModelsContext() {
    Path file = folder.resolve("demo.jsonl");
    DemoInstructions.write(DemoInstructions.training(200), file);
    ExampleEncoder encoder = new ExampleEncoder(tokenizer, 256, false);
    DataReport report = DataReport.of(RecordFiles.read(file).stream()
        .map(ExampleTemplates.choose("alpaca", folder, tokenizer)::of)
        .flatMap(text -> encoder.encode(text).stream()).toList(), Set.of());
    report.check();
    assertThat(report.truncated()).isZero();
    assertThat(report.unended()).isZero();
    assertThat(report.longest()).isLessThan(200);
  }

  @Test
  void theScoreTellsRightFromWrong() {
    DemoInstructions.Task task = DemoInstructions.training(1).get(0);
    String other = task.noun().equals("pen") ? "rug" : "pen";
    DemoScore all = DemoScore.of(List.of(
        new DemoScore.Answer(task, task.output(), true),
        new DemoScore.Answer(task, task.output(), false),
        new DemoScore.Answer(task, task.output().replace(task.name(), "Xyz"), true),
        new DemoScore.Answer(task, task.output().replace(task.noun(), other), true)));
    assertThat(all).isEqualTo(new DemoScore(4, 0.75, 0.75, 0.75, 0.25));
    assertThat(DemoScore.of(List.of()).right()).isZero();
  }
}
