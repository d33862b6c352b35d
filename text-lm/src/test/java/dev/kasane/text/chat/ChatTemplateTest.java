package dev.kasane.text.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
  private static final Map<String, String> MARKS = Map.of("bos_token", "<s>", "eos_token", "</s>");
  private static final Conversation HELLO = new Conversation(List.of(new ChatMessage("user", "Hello")));

  @TestFactory
  List<DynamicTest> rendersAsTransformersDoes() throws IOException {
    JsonNode golden;
    try (InputStream in = ChatTemplateTest.class.getResourceAsStream("chats.json")) {
      golden = new ObjectMapper().readTree(in);
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode row : golden.path("rows")) {
      String name = row.path("template").asText();
      ChatTemplate template = new ChatTemplate(golden.path("templates").path(name).asText(), name);
      tests.add(DynamicTest.dynamicTest(name + " " + tests.size(), () -> check(template, row)));
    }
    assertThat(tests).hasSizeGreaterThan(30);
    return tests;
  }

  private static void check(ChatTemplate template, JsonNode row) {
    List<ChatMessage> messages = new ArrayList<>();
    row.path("messages").forEach(turn ->
        messages.add(new ChatMessage(turn.path("role").asText(), turn.path("content").asText())));
    boolean prompt = row.path("prompt").asBoolean();
    if (row.has("refused")) {
      assertThatThrownBy(() -> template.render(new Conversation(messages), prompt, MARKS))
          .isInstanceOf(UserException.class).hasMessageContaining(row.path("refused").asText());
    } else {
      assertThat(template.render(new Conversation(messages), prompt, MARKS)).isEqualTo(row.path("text").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{{ ''.getClass().forName('java.lang.Runtime') }}",
      "{{ messages.getClass() }}{{ messages.stream() }}",
      "{{ messages[0].content.repeat(100000) }}",
      "{% include '/etc/passwd' %}",
      "{% import 'java.lang' as x %}",
      "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
      "{% for a in range(99999) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}",
      "{% for m in messages %}{{ m.content",
      "{% if %}",
  })
  void templatesCannotLeaveTheirCell(String source) {
    assertThatThrownBy(() -> new ChatTemplate(source, "model").render(HELLO, false, MARKS))
        .isInstanceOf(UserException.class).hasMessageContaining("model");
  }

  @Test
  void whatATemplateSaysWhenItRefusesIsShown() {
    assertThatThrownBy(() -> new ChatTemplate("{{ raise_exception('Only users speak.') }}", "m")
        .render(HELLO, false, MARKS)).isInstanceOf(UserException.class).hasMessageContaining("Only users speak.");
    assertThatThrownBy(() -> new ChatTemplate("{{ raise_exception(none) }}", "m")
        .render(HELLO, false, MARKS)).isInstanceOf(UserException.class).hasMessageContaining("it gives no reason");
  }

  @Test
  void aTemplateThatIsMalformedIsToldFromOneThatRefuses() {
    assertThatThrownBy(() -> new ChatTemplate("a\n{% if %}", "model").render(HELLO, false, MARKS))
        .isInstanceOf(UserException.class).hasMessageContaining("is malformed").hasMessageContaining("line 2");
  }

  @Test
  void noReflectionThroughProperties() {
    assertThat(new ChatTemplate("[{{ messages.class }}{{ messages[0].content.class }}{{ loop }}]", "m")
        .render(HELLO, false, MARKS)).isEqualTo("[]");
  }

  @Test
  void templatesAreFoundInBothFiles(@TempDir Path folder) throws IOException {
    assertThat(ChatTemplates.find(folder)).isEmpty();
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"chat_template\": "
        + "[{\"name\": \"default\", \"template\": \"A{{ messages[0].content }}\"},"
        + " {\"name\": \"tool_use\", \"template\": \"T\"}]}");
    assertThat(ChatTemplates.read(folder)).containsOnlyKeys("default", "tool_use");
    assertThat(ChatTemplates.find(folder).orElseThrow().render(HELLO, false, MARKS)).isEqualTo("AHello");
    Files.writeString(folder.resolve("chat_template.jinja"), "B{{ messages[0].content }}\n");
    assertThat(ChatTemplates.find(folder).orElseThrow().render(HELLO, false, MARKS)).isEqualTo("BHello");
  }

  @Test
  void generationTagsAndDatesAreKnown() {
    assertThat(new ChatTemplate("{% generation %}x{% endgeneration %}y", "m").render(HELLO, false, MARKS))
        .isEqualTo("xy");
    assertThat(TemplateFunctions.strftime(LocalDateTime.of(2026, 3, 7, 15, 4), "%d %b %Y %H:%M 100%%"))
        .isEqualTo("07 Mar 2026 15:04 100%");
    assertThat(new ChatTemplate("{{ strftime_now('%Y') }}", "m").render(HELLO, false, MARKS)).matches("\\d{4}");
  }
}
