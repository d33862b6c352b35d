package dev.kasane.text.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.kasane.core.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates of strangers end, in time and in words of this program. */
class HostileTemplateTest {
  private static final String TWICE = "{% set ns = namespace(x=[1, 2]) %}{% for i in range(40) %}"
      + "{% set ns.x = [ns.x, ns.x] %}{% endfor %}";

  private static String render(String source) {
    return assertTimeoutPreemptively(Duration.ofSeconds(60), () -> new ChatTemplate(source, "model")
        .render(List.of(new ChatMessage("user", "Hello")), true, Map.of("bos_token", "<s>")));
  }

  private static void refused(String source, String message) {
    assertThatThrownBy(() -> render(source)).isInstanceOf(UserException.class)
        .hasMessageStartingWith("The chat template of model ").hasMessageContaining(message)
        .hasMessageNotContainingAny("\n", "Exception", "java.");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '¦', value = {
    "{{ raise_exception(none) }}¦refuses this conversation: None",
    "{{ raise_exception('no tools') }}¦refuses this conversation: no tools",
    "{{ raise_exception() }}¦do not match",
    "{% set x = [1] %}{% set y = x.append(x) %}{{ x }}¦a list that holds itself",
    "{{ 'a b'|indent(1000000000) }}¦a text of more than 4194304 characters",
    "{{ 1.5|round(1000000000) }}¦a text of more than",
    "{% for a in range(100000) %}{{ range(100000)|list|length }}{% endfor %}¦takes longer than 4 s",
    "{{ 'x'|fromyaml }}¦'fromyaml' is disabled",
    "{{ '{{ 1 }}'|render }}¦'render' is disabled",
    "{{ today() }}¦is disabled",
    "{% cycle 'a' %}¦is disabled"
  })
  void endsInWords(String source, String message) {
    refused(source, message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '¦', value = {"{{ ns.x }}", "{{ ns.x|tojson }}", "{{ ns.x|string|length }}",
    "{{ ''.join(ns.x) }}", "{{ ns.x|unique }}", "{% set y = ns.x %}{{ ns.x == y }}"})
  void listsOfListsAreWeighed(String use) {
    refused(TWICE + use, "a list of lists with more than 200000 values");
  }

  @Test
  void textsThatReplaceThemselvesEnd() {
    refused("{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(9) %}{% set ns.x = ns.x.replace('a', ns.x) %}"
        + "{% endfor %}", "a text of more than");
    refused("{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(9) %}{% set ns.x = ns.x|replace('a', ns.x) %}"
        + "{% endfor %}", "a text of more than");
    refused("{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "a text of more than");
  }

  @Test
  void nestingIsBoundedBeforeItIsParsed() {
    refused("\n{{ " + "(".repeat(20_000) + " }}", "in line 2 more than 12 brackets lie within one another");
    refused("{{ " + "[".repeat(13) + "]".repeat(13) + " }}", "more than 12 brackets");
    refused("{% if " + "not ".repeat(3000) + "1 %}{% endif %}", "an expression has more than 2000 parts");
    refused("{% if 1 %}".repeat(15_000), "nests too deeply");
    refused("x".repeat(300_000), "300000 characters");
    assertThat(render("{{ '((((((((((((((((((((((' }}{# (((((((((((((((((( #}((((((((((((((((((({{ ((((1)))) }}"))
        .isEqualTo("((((((((((((((((((((((" + "(".repeat(19) + "1");
  }

  @Test
  void macrosThatCallTwoOthersEnd() {
    StringBuilder source = new StringBuilder("{% macro m0(x) %}{{ x|length }}{% endmacro %}");
    for (int i = 1; i <= 40; i++) {
      source.append("{% macro m").append(i).append("(x) %}{{ m").append(i - 1).append("([x, x]) }}{% endmacro %}");
    }
    refused(source + "{{ m40([1]) }}", "a list of lists");
  }

  @Provide
  Arbitrary<String> templates() {
    Arbitrary<String> value = Arbitraries.of("messages", "messages[0].content", "x", "loop.index", "'a'", "1", "none",
        "[1, x]", "{'a': x}", "ns", "bos_token", "range(9)", "-1", "1.5", "x.a", "messages|length", "caller()",
        "''.join(x)", "'a b'.split()", "x|tojson", "x|default('y')", "x ~ 1", "x + x", "not x", "x in messages",
        "x is defined", "x if 1 else 2", "x[-1:]", "m(x)", "namespace(a=x)", "raise_exception(x)", "x.get('a')",
        "x.append(1)", "x|map(attribute='role')|list", "x|sort", "strftime_now('%Y %j')", "x|replace('a', 'bb')",
        "x|int", "2 ** 99", "7 // 0", "7 % 0", "x|first", "x|dictsort", "x.items()", "___", "x y", "(", "]", "'");
    Arbitrary<String> part = value.flatMap(one -> Arbitraries.of("{{ " + one + " }}", "{% set x = " + one + " %}",
        "{% if " + one + " %}", "{% elif " + one + " %}", "{% for x in " + one + " %}", "{% set ns.a = " + one + " %}",
        "{% endif %}", "{% endfor %}", "{% else %}", "{% macro m(x) %}", "{% endmacro %}",
        "{%- set ns = namespace() -%}", "{% call m(1) %}", "{% endcall %}", "{# c #}", "text\n", "{% raw %}",
        "{% endraw %}", "{% set x %}",
        "{% endset %}", "{% break %}", "{% continue %}", "{% generation %}", "{% endgeneration %}", "{{-", "-%}", "{%"));
    return part.list().ofMaxSize(25).map(parts -> String.join("", parts));
  }

  @Property(tries = 400)
  void anyTemplateRendersOrIsRefused(@ForAll("templates") String source) {
    try {
      assertThat(render(source)).isNotNull();
    } catch (UserException e) {
      assertThat(e.getMessage()).startsWith("The chat template of model ").doesNotContain("\n");
    }
  }
}
