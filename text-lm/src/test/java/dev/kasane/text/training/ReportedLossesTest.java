package dev.kasane.text.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.testkit.SharedData;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.data.EncodedExample;
import dev.kasane.text.data.ExampleEncoder;
import dev.kasane.text.data.ExampleTemplates;
import dev.kasane.text.data.RecordFiles;
import dev.kasane.text.data.RowLayout;
import dev.kasane.text.data.TemplateText;
import dev.kasane.text.data.TextRecord;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records that other tools' users report: text, tokens and first loss are those of transformers. */
class ReportedLossesTest {
  private static Path cases;
  private static NDManager owner;
  private static CausalLm model;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void opens() {
    cases = SharedData.path("reports/cases");
    owner = Engines.newManager();
    model = TextCheckpoint.open(cases.resolve("_lm")).model(ElementType.FLOAT32, owner);
    tokenizer = Tokenizers.open(cases.resolve("_lm"));
  }

  @AfterAll
  static void closes() {
    if (owner != null) {
      owner.close();
    }
  }

  /** A case without a template of its own is read in ChatML. */
  private static TemplateText text(String name, String file) {
    Path folder = cases.resolve(name);
    List<TextRecord> records = RecordFiles.read(folder.resolve(file));
    assertThat(records).hasSize(1);
    return ExampleTemplates.choose("auto", folder, tokenizer).of(records.get(0));
  }

  @ParameterizedTest
  @CsvSource({"ends-with-user, data.jsonl", "message-weight, data.jsonl", "message-weight, train-false.jsonl",
      "sharegpt-system, data.jsonl", "template-for-if, data.jsonl", "template-message-fields, data.jsonl",
      "template-reverse-slice, data.jsonl", "template-scope-of-iteration, data.jsonl"})
  void textTokensAndLossAreThoseOfTransformers(String name, String file) throws IOException {
    JsonNode right = new ObjectMapper().readTree(cases.resolve(name).resolve("right.json").toFile()).path("right");
    JsonNode expected = right.has("right") ? right.path("right") : right;
    TemplateText text = text(name, file);
    if (expected.has("text")) {
      assertThat(text.whole()).isEqualTo(expected.path("text").asText());
    }
    List<EncodedExample> examples = new ExampleEncoder(tokenizer, 512, false).encode(text);
    assertThat(examples).singleElement().satisfies(example -> {
      assertThat(example.length()).isEqualTo(expected.path("tokens").asInt());
      assertThat(example.supervisedTokens()).isEqualTo(expected.path("learnt").asInt());
    });
    double loss = new LanguageObjective(model, false).evaluate(List.of(RowLayout.of(List.of(examples), 0, 1)), owner);
    assertThat(loss).isCloseTo(expected.path("loss").asDouble(), within(1e-5));
  }

  /** ChatML has no words for a call; leaving it out would teach an empty answer. */
  @Test
  void aCallThatTheTemplateDoesNotReadIsRefused() {
    assertThatThrownBy(() -> text("tool-calls-null", "data.jsonl")).isInstanceOf(UserException.class)
        .hasMessageContaining("tool_calls");
    assertThat(text("tool-calls-null", "parts.jsonl").whole()).isNotBlank();
  }
}
