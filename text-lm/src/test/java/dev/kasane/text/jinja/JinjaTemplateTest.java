package dev.kasane.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.testkit.SharedData;
import dev.kasane.text.jinja.value.JinjaException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Templates of every construct, and some made by chance, against transformers' Jinja2. */
class JinjaTemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, JinjaFunction> FUNCTIONS = Map.of(
      "raise_exception", arguments -> {
        throw new JinjaException("" + arguments.get(0));
      },
      "strftime_now", arguments -> ((String) arguments.get(0)).replace("%%", "%"));

  @TestFactory
  List<DynamicTest> rendersAsJinjaDoes() throws IOException {
    JsonNode golden;
    try (InputStream in = JinjaTemplateTest.class.getResourceAsStream("templates.json")) {
      golden = JSON.readTree(in);
    }
    Map<String, Object> values = new HashMap<>(JSON.convertValue(golden.path("values"), Map.class));
    values.put("messages", JSON.convertValue(golden.path("messages"), List.class));
    values.put("add_generation_prompt", true);
    values.put("tools", null);
    values.put("documents", null);
    List<DynamicTest> tests = new ArrayList<>();
    golden.path("rows").forEach(row -> tests.add(DynamicTest.dynamicTest(
        row.path("kind").asText() + " " + tests.size() + ": " + row.path("template").asText().replace("\n", "\\n"),
        () -> check(row, values))));
    assertThat(tests).hasSizeGreaterThan(1000);
    return tests;
  }

  @TestFactory
  List<DynamicTest> rendersWhatUsersReportedAsJinjaDoes() throws IOException {
    JsonNode reported = JSON.readTree(SharedData.path("reports/chat-templates.json").toFile());
    Map<String, Object> values = new HashMap<>(Map.of("bos_token", "<s>", "eos_token", "</s>"));
    values.put("messages", JSON.convertValue(reported.path("messages"), List.class));
    values.put("add_generation_prompt", true);
    values.put("tools", null);
    List<DynamicTest> tests = new ArrayList<>();
    reported.path("templates").fields().forEachRemaining(named -> tests.add(DynamicTest.dynamicTest(named.getKey(),
        () -> {
          String right = named.getValue().path("jinja2").asText();
          ObjectNode row = JSON.createObjectNode().put("template", named.getValue().path("template").asText());
          check(right.startsWith("!!") ? row.put("error", right) : row.put("text", right), values);
        })));
    return tests;
  }

  private static void check(JsonNode row, Map<String, Object> values) {
    String source = row.path("template").asText();
    if (row.has("error")) {
      assertThatThrownBy(() -> JinjaTemplate.parse(source).render(values, FUNCTIONS)).as(row.path("error").asText())
          .isInstanceOf(JinjaException.class);
      return;
    }
    JinjaTemplate.Rendered rendered = JinjaTemplate.parse(source).render(values, FUNCTIONS);
    assertThat(rendered.text()).isEqualTo(row.path("text").asText());
    List<String> generated = rendered.generated().stream()
        .map(span -> rendered.text().substring(span.begin(), span.end())).toList();
    assertThat(generated).isEqualTo(JSON.convertValue(row.path("generated"), List.class) == null ? List.of()
        : JSON.convertValue(row.path("generated"), List.class));
  }
}
