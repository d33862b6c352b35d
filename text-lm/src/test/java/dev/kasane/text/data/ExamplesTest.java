package dev.kasane.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.text.chat.ChatTemplate;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static Map<String, Object> turn(String role, Object content, Object... more) {
    Map<String, Object> turn = new LinkedHashMap<>();
    turn.put("role", role);
    turn.put("content", content);
    for (int i = 0; i < more.length; i += 2) {
      turn.put((String) more[i], more[i + 1]);
    }
    return turn;
  }

  private static TextRecord talk(Object... turns) {
    return record(Map.of("messages", List.of(turns)));
  }

  @Test
  void anAnswerOfWeightZeroIsNotLearnt() {
    TextRecord weighed = talk(turn("user", "a"), turn("assistant", "b", "weight", 0), turn("user", "c"),
        turn("assistant", "d", "weight", 1));
    assertThat(answers(text("chatml", weighed))).isEqualTo("[d<|im_end|>\n]");
    assertThat(answers(text("chatml", talk(turn("user", "a"), turn("assistant", "b", "train", true), turn("user", "c"),
        turn("assistant", "d", "train", false))))).isEqualTo("[b<|im_end|>\n]");
    assertThatThrownBy(() -> text("chatml", talk(turn("user", "a"), turn("assistant", "b", "weight", 0.5))))
        .isInstanceOf(UserException.class).hasMessageContaining("turn 2").hasMessageContaining("0.5");
    assertThatThrownBy(() -> text("chatml", talk(turn("user", "a"), turn("assistant", "b", "weight", 0))))
        .isInstanceOf(UserException.class).hasMessageContaining("nobody answers");
    assertThatThrownBy(() -> text("chatml", talk(turn("user", "a", "train", true), turn("assistant", "b"))))
        .isInstanceOf(UserException.class).hasMessageContaining("role user");
  }

  @Test
  void noEndMarkIsLearntAfterAUserOrAnAnswerThatIsNotLearnt() {
    TextRecord thanks = talk(turn("user", "a"), turn("assistant", "b"), turn("user", "thanks"));
    ExampleEncoder encoder = new ExampleEncoder(LLAMA, 64, false);
    EncodedExample ended = encoder.encode(text("chatml", talk(turn("user", "a"), turn("assistant", "b")))).get(0);
    EncodedExample open = encoder.encode(text("chatml", thanks)).get(0);
    int end = LLAMA.endOfTextId().getAsInt();
    assertThat(ended.ids()[ended.length() - 1]).isEqualTo(end);
    assertThat(open.ids()[open.length() - 1]).isNotEqualTo(end);
    assertThat(open.supervised()[open.length() - 1]).isFalse();
    assertThat(answers(text("alpaca", thanks))).as("Alpaca has no place for it").isEqualTo("[b]");
  }

  @Test
  void aRecordsOwnSystemToolsAndHistoryAreInItsText(@TempDir Path model) throws IOException {
    Map<String, Object> shared = new LinkedHashMap<>(Map.of("system", "Be a pirate.", "conversations",
        List.of(Map.of("from", "human", "value", "a"), Map.of("from", "gpt", "value", "b"))));
    assertThat(text("chatml", record(shared)).whole()).startsWith("<|im_start|>system\nBe a pirate.<|im_end|>\n");
    shared.put("tools", "[{\"name\": \"clock\"}]");
    assertThatThrownBy(() -> text("chatml", record(shared))).isInstanceOf(UserException.class)
        .hasMessageContaining("does not read tools");
    Files.writeString(model.resolve("chat_template.jinja"), "{{ tools | tojson }}{% for m in messages %}[{{ m.role }}"
        + "{% if m.tool_calls %}!{{ m.tool_calls[0].function.name }}{% endif %}:{{ m.content }}]{% endfor %}");
    assertThat(ExampleTemplates.choose("model", model, LLAMA).of(record(shared)).whole())
        .startsWith("[{\"name\": \"clock\"}][system:Be a pirate.]");
    Map<String, Object> earlier = Map.of("instruction", "c", "input", "", "output", "d",
        "history", List.of(List.of("a", "b")));
    assertThat(answers(text("chatml", record(earlier)))).isEqualTo("[b<|im_end|>\n][d<|im_end|>\n]");
    assertThat(text("alpaca", record(earlier)).whole()).contains("a\n\nb\n\nc").endsWith("d");
  }

  @Test
  void callsOfFunctionsAreRenderedOrRefused(@TempDir Path model) throws IOException {
    TextRecord calls = talk(turn("user", "time?"),
        turn("assistant", null, "tool_calls", List.of(Map.of("function", Map.of("name", "clock")))),
        turn("tool", "nine"), turn("assistant", "It is nine."));
    assertThatThrownBy(() -> text("chatml", calls)).isInstanceOf(UserException.class)
        .hasMessageContaining("does not read tool_calls").hasMessageContaining("line 7");
    assertThatThrownBy(() -> text("alpaca", calls)).isInstanceOf(UserException.class)
        .hasMessageContaining("tool_calls");
    Files.writeString(model.resolve("chat_template.jinja"), "{% for m in messages %}<{{ m.role }}>"
        + "{% if m.tool_calls %}{{ m.tool_calls[0].function.name }}{% else %}{{ m.content }}{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}<assistant>{% endif %}");
    ExampleTemplate own = ExampleTemplates.choose("model", model, LLAMA);
    assertThat(answers(own.of(calls))).isEqualTo("[clock][It is nine.]");
    TextRecord shareGpt = record(Map.of("conversations", List.of(Map.of("from", "human", "value", "time?"),
        Map.of("from", "function_call", "value", "{\"name\": \"clock\", \"arguments\": {}}"),
        Map.of("from", "observation", "value", "nine"), Map.of("from", "gpt", "value", "It is nine."))));
    assertThat(own.of(shareGpt)).isEqualTo(own.of(calls));
    assertThatThrownBy(() -> own.of(talk(turn("user", "a"), turn("assistant", null))))
        .isInstanceOf(UserException.class).hasMessageContaining("turn 2").hasMessageContaining("null");
    assertThat(answers(own.of(talk(turn("user", List.of(Map.of("type", "text", "text", "a"), "b")),
        turn("assistant", "c"))))).isEqualTo("[c]");
    assertThatThrownBy(() -> own.of(talk(turn("user", List.of(Map.of("type", "image"))), turn("assistant", "c"))))
        .isInstanceOf(UserException.class).hasMessageContaining("image");
  }

  /** As Qwen 3's template, which leaves out what was thought before the last question. */
  @Test
  void noAnswerIsLeftOutInSilence(@TempDir Path model) throws IOException {
    Files.writeString(model.resolve("chat_template.jinja"), "{% for m in messages %}<{{ m.role }}>"
        + "{% if m.role == 'assistant' and loop.last %}<think></think>{% endif %}{{ m.content }}{% endfor %}"
        + "{% if add_generation_prompt %}<assistant>{% endif %}");
    ExampleTemplate own = ExampleTemplates.choose("model", model, LLAMA);
    Object[] turns = {turn("user", "a"), turn("assistant", "b"), turn("user", "c"), turn("assistant", "d")};
    assertThatThrownBy(() -> own.of(talk(turns))).isInstanceOf(UserException.class)
        .hasMessageContaining("turn 2").hasMessageContaining("generation").hasMessageContaining("line 7");
    turns[1] = turn("assistant", "b", "weight", 0);
    assertThat(answers(own.of(talk(turns)))).isEqualTo("[<think></think>d]");
  }

  @Test
  void fieldsThatATemplateReadsReachItAndOthersAreNamed(@TempDir Path model) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("messages", List.of(turn("user", "a"), turn("assistant", "b", "reasoning", "sea", "score", 3)));
    fields.put("id", 7);
    fields.put("instruction", null);
    TextRecord thought = record(fields);
    Files.writeString(model.resolve("chat_template.jinja"), "{% for m in messages %}"
        + "{% if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}"
        + "{{ m.content }};{% endfor %}");
    TemplateText text = ExampleTemplates.choose("model", model, LLAMA).of(thought);
    assertThat(text.whole()).isEqualTo("a;<think>sea</think>b;");
    assertThat(text.unread()).containsExactlyInAnyOrder("id", "score");
    assertThat(text("chatml", thought).unread()).containsExactlyInAnyOrder("id", "score", "reasoning");
    assertThat(DataReport.of(List.of(), text.unread()).lines()).anyMatch(line -> line.contains("id, score"));
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
    TemplateText bytes = ExampleTemplates.choose("model", model, LLAMA).of(record(Map.of("messages", List.of(
        Map.of("role", "user", "content", "a"), Map.of("role", "assistant", "content", "b\ud83d\udc4d")))));
    assertThat(learnt(new ExampleEncoder(LLAMA, 64, false).encode(bytes).get(0), LLAMA).replace(" ", ""))
        .as("every token of an answer's last character").isEqualTo("b\ud83d\udc4d");
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
    DataReport.of(good, Set.of()).check();
    assertThat(DataReport.of(good, Set.of()).supervisedShare()).isBetween(0.01, 0.3);
    EncodedExample mute = new EncodedExample(new int[] {1, 2, 3}, new boolean[3], false, true);
    assertThatThrownBy(() -> DataReport.of(List.of(mute), Set.of()).check()).isInstanceOf(UserException.class)
        .hasMessageContaining("No token");
    EncodedExample endless = new EncodedExample(new int[] {1, 2}, new boolean[] {true, true}, false, false);
    assertThatThrownBy(() -> DataReport.of(List.of(endless), Set.of()).check()).isInstanceOf(UserException.class)
        .hasMessageContaining("end-of-text");
    EncodedExample cut = new EncodedExample(new int[] {1, 2}, new boolean[] {true, true}, true, true);
    assertThatThrownBy(() -> DataReport.of(List.of(cut), Set.of()).check()).isInstanceOf(UserException.class)
        .hasMessageContaining("«max length»");
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpaca", "chatml", "llama", "auto", "Q: {instruction}\nA: {output}\n###"})
  void anEmptyAnswerIsCountedAsNoneWhateverMarksTheTemplatePutsAroundIt(String template) {
    TextRecord empty = record(Map.of("instruction", "Name a colour.", "output", " "));
    TextRecord said = record(Map.of("instruction", "Name a colour.", "output", "Blue."));
    ExampleEncoder encoder = new ExampleEncoder(BYTES, 512, false);
    List<EncodedExample> examples = Stream.of(empty, said, said)
        .flatMap(each -> encoder.encode(text(template, each)).stream()).toList();
    assertThat(DataReport.of(examples, Set.of()).silent()).isEqualTo(1);
    assertThat(examples.get(0).supervisedTokens()).as("it is learnt to stop there").isPositive();
  }

  @Test
  void aTurnThatOnlyThinksIsAnAnswer() {
    TextRecord call = record(Map.of("messages", List.of(Map.of("role", "user", "content", "What time is it?"),
        Map.of("role", "assistant", "content", "", "reasoning_content", "I do not know."))));
    ExampleTemplate thinking = new ChatExampleTemplate(new ChatTemplate(
        "{% for m in messages %}{{ m.role }}: {{ m.reasoning_content }}{{ m.content }}\n{% endfor %}", "thinking"),
        Map.of());
    List<EncodedExample> examples = new ExampleEncoder(BYTES, 512, false).encode(thinking.of(call));
    assertThat(DataReport.of(examples, Set.of()).silent()).isZero();
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
