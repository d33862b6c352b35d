package dev.kasane.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
  private static final Tokenizer BYTES = Tokenizers.open(folder("byte-level"));
  private static final Tokenizer LLAMA = Tokenizers.open(folder("llama"));
  private static final TextRecord ALPACA = record(Map.of("instruction", "Name a lamp.", "input", "", "output", "Lux."));

  static Path folder(String name) {
    try {
      return Path.of(ExamplesTest.class.getResource("/dev/kasane/text/tokenizer/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TextRecord record(Map<String, Object> fields) {
    return new TextRecord(Path.of("data.jsonl"), 7, fields);
  }

  private static TemplateText text(String template, TextRecord record) {
    return ExampleTemplates.choose(template, folder("byte-level"), LLAMA).of(record);
  }

  private static String answers(TemplateText text) {
    StringBuilder answers = new StringBuilder();
    text.parts().stream().filter(TextPart::answer).forEach(part -> answers.append('[').append(part.text()).append(']'));
    return answers.toString();
  }

  private static String learnt(EncodedExample example, Tokenizer tokenizer) {
    return tokenizer.decode(IntStream.range(0, example.length()).filter(i -> example.supervised()[i])
        .map(i -> example.ids()[i]).toArray(), false);
  }

  @Test
  void templatesMarkTheAnswer() {
    assertThat(text("alpaca", ALPACA).whole()).startsWith("Below is an instruction that describes a task. Write")
        .endsWith("### Instruction:\nName a lamp.\n\n### Response:\nLux.");
    assertThat(answers(text("alpaca", ALPACA))).isEqualTo("[Lux.]");
    assertThat(text("auto", ALPACA)).isEqualTo(text("alpaca", ALPACA));
    assertThat(text("chatml", ALPACA).whole()).isEqualTo(
        "<|im_start|>user\nName a lamp.<|im_end|>\n<|im_start|>assistant\nLux.<|im_end|>\n");
    assertThat(answers(text("chatml", ALPACA))).isEqualTo("[Lux.<|im_end|>\n]");
    assertThat(text("llama", ALPACA).whole()).isEqualTo("<s>[INST] Name a lamp. [/INST] Lux. </s>");
    assertThat(answers(text("llama", ALPACA))).isEqualTo("[ Lux. </s>]");
    TextRecord talk = record(Map.of("conversations", List.of(Map.of("from", "human", "value", "a"),
        Map.of("from", "gpt", "value", "b"), Map.of("from", "human", "value", "c"),
        Map.of("from", "gpt", "value", "d"))));
    assertThat(answers(text("chatml", talk))).isEqualTo("[b<|im_end|>\n][d<|im_end|>\n]");
    assertThat(answers(text("auto", record(Map.of("text", "all"))))).isEqualTo("[all]");
    assertThat(answers(text("auto", record(Map.of("prompt", "p", "completion", "c"))))).isEqualTo("[c<|im_end|>\n]");
    assertThat(answers(text("Q: {instruction}\nA: {output}!", ALPACA))).isEqualTo("[Lux.!]");
    assertThat(text("{{{instruction}}} {output}", ALPACA).whole()).isEqualTo("{Name a lamp.} Lux.");
  }

  @Test
  void whatATemplateMarksAsGeneratedIsLearntAlone(@TempDir Path model) throws IOException {
    Files.writeString(model.resolve("chat_template.jinja"), "{% for m in messages %}{% if m.role == 'assistant' %}"
        + "{% generation %}{{ m.content.split('>')[-1] }}{% endgeneration %}</s>{% else %}{{ m.content }}? {% endif %}"
        + "{% endfor %}");
    TextRecord talk = record(Map.of("messages", List.of(Map.of("role", "user", "content", "a"),
        Map.of("role", "assistant", "content", "thought>b"), Map.of("role", "user", "content", "c"),
        Map.of("role", "assistant", "content", "d"))));
    TemplateText text = ExampleTemplates.choose("model", model, LLAMA).of(talk);
    assertThat(text.whole()).isEqualTo("a? b</s>c? d</s>");
    assertThat(answers(text)).isEqualTo("[b][d]");
    EncodedExample example = new ExampleEncoder(LLAMA, 64, false).encode(text).get(0);
    assertThat(learnt(example, LLAMA).replace(" ", "")).isEqualTo("bd");
    assertThat(example.supervised()[example.length() - 1]).as("the end mark is outside of the marks").isFalse();
  }

  @Test
  void recordsThatDoNotFitAreNamedWithTheirFields() {
    assertThatThrownBy(() -> text("Q: {question}\nA: {output}", ALPACA)).isInstanceOf(UserException.class)
        .hasMessageContaining("'question'").hasMessageContaining("data.jsonl, line 7")
        .hasMessageContaining("instruction").hasMessageContaining("output");
    assertThatThrownBy(() -> text("alpaca", record(Map.of("a", "b")))).isInstanceOf(UserException.class)
        .hasMessageContaining("line 7").hasMessageContaining("a");
    assertThatThrownBy(() -> text("alpcaa", ALPACA)).isInstanceOf(UserException.class)
        .hasMessageContaining("alpcaa").hasMessageContaining("alpaca");
    assertThatThrownBy(() -> text("model", ALPACA)).isInstanceOf(UserException.class)
        .hasMessageContaining("no chat template");
    assertThatThrownBy(() -> text("chatml", record(Map.of("messages", List.of(Map.of("role", "user"))))))
        .isInstanceOf(UserException.class).hasMessageContaining("content");
  }

  @Test
  void onlyTheAnswerAndTheEndAreLearnt() {
    for (Tokenizer tokenizer : List.of(BYTES, LLAMA)) {
      EncodedExample example = new ExampleEncoder(tokenizer, 512, false).encode(text("alpaca", ALPACA)).get(0);
      String end = tokenizer.specialTokens().get("eos_token");
      assertThat(learnt(example, tokenizer)).isEqualTo("Lux." + end);
      assertThat(example.ended()).isTrue();
      EncodedExample all = new ExampleEncoder(tokenizer, 512, true).encode(text("alpaca", ALPACA)).get(0);
      assertThat(all.ids()).isEqualTo(example.ids());
      assertThat(learnt(all, tokenizer)).contains("Below is").endsWith("Lux." + end);
    }
  }

  @Test
  void marksOfATemplateAreNotDoubled() {
    EncodedExample example = new ExampleEncoder(LLAMA, 512, false).encode(text("llama", ALPACA)).get(0);
    assertThat(example.ids()[0]).isEqualTo(1);
    assertThat(example.ids()[1]).isNotEqualTo(1);
    assertThat(example.ids()).endsWith(2);
    assertThat(IntStream.of(example.ids()).filter(id -> id == 2).count()).isEqualTo(1);
    assertThat(example.ended()).isTrue();
  }

  @Test
  void truncationKeepsTheAnswer() {
    EncodedExample cut = new ExampleEncoder(LLAMA, 24, false).encode(text("alpaca", ALPACA)).get(0);
    assertThat(cut.length()).isEqualTo(24);
    assertThat(cut.ids()[0]).isEqualTo(1);
    assertThat(cut.truncated()).isTrue();
    assertThat(cut.ended()).isTrue();
    assertThat(learnt(cut, LLAMA)).isEqualTo("Lux.</s>");
    TextRecord wordy = record(Map.of("instruction", "x", "output", "lamp ".repeat(60)));
    EncodedExample tail = new ExampleEncoder(LLAMA, 24, false).encode(text("alpaca", wordy)).get(0);
    assertThat(tail.length()).isEqualTo(24);
    assertThat(tail.ended()).isFalse();
    assertThat(tail.supervisedTokens()).isGreaterThanOrEqualTo(22);
  }

  @Test
  void longTextsBecomeSeveralExamples() {
    TextRecord book = record(Map.of("text", "The lamp shines. ".repeat(40)));
    List<EncodedExample> chunks = new ExampleEncoder(BYTES, 32, false).encode(text("text", book));
    assertThat(chunks.size()).isGreaterThan(3);
    int[] joined = chunks.stream().flatMapToInt(chunk -> IntStream.of(chunk.ids())).toArray();
    assertThat(BYTES.decode(joined, true)).isEqualTo("The lamp shines. ".repeat(40));
  }

  @Test
  void aRunThatWouldLearnNothingIsStopped() {
    ExampleEncoder encoder = new ExampleEncoder(BYTES, 512, false);
    List<EncodedExample> good = encoder.encode(text("alpaca", ALPACA));
    DataReport.of(good).check();
    assertThat(DataReport.of(good).supervisedShare()).isBetween(0.01, 0.3);
    EncodedExample mute = new EncodedExample(new int[] {1, 2, 3}, new boolean[3], false, true);
    assertThatThrownBy(() -> DataReport.of(List.of(mute)).check()).isInstanceOf(UserException.class)
        .hasMessageContaining("No token");
    EncodedExample endless = new EncodedExample(new int[] {1, 2}, new boolean[] {true, true}, false, false);
    assertThatThrownBy(() -> DataReport.of(List.of(endless)).check()).isInstanceOf(UserException.class)
        .hasMessageContaining("end-of-text");
    EncodedExample cut = new EncodedExample(new int[] {1, 2}, new boolean[] {true, true}, true, true);
    assertThatThrownBy(() -> DataReport.of(List.of(cut)).check()).isInstanceOf(UserException.class)
        .hasMessageContaining("--max-length");
  }

  @Test
  void theSplitIsAFunctionOfTheSeed() {
    List<TextRecord> records = IntStream.range(0, 50).mapToObj(i -> record(Map.of("text", "t" + i))).toList();
    DataSplit split = DataSplit.of(records, 0.1, 3);
    assertThat(split.evaluation()).hasSize(5);
    assertThat(split.training()).hasSize(45).doesNotContainAnyElementsOf(split.evaluation());
    assertThat(DataSplit.of(records, 0.1, 3)).isEqualTo(split);
    assertThat(DataSplit.of(records, 0.1, 4)).isNotEqualTo(split);
    assertThatThrownBy(() -> DataSplit.of(records.subList(0, 1), 0.1, 3)).isInstanceOf(UserException.class);
  }
}
