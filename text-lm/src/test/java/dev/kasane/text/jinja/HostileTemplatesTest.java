package dev.kasane.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.kasane.text.jinja.value.JinjaException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Templates that would take for ever, all memory or all of the stack. */
class HostileTemplatesTest {
  private static final Map<String, Object> VALUES = Map.of("messages", List.of(Map.of("role", "user", "content", "a")));

  static Stream<String> hostile() {
    return Stream.of(
        "{{ " + "(".repeat(3000) + "1" + ")".repeat(3000) + " }}",
        "{{ " + "[".repeat(100_000), "{{ " + "not ".repeat(100_000) + "1 }}", "{{ " + "-".repeat(100_000) + "1 }}",
        "{{ 1" + " + 1".repeat(100_000) + " }}", "{{ a" + ".b".repeat(100_000) + " }}",
        "{{ a" + "|e".repeat(100_000) + " }}",
        "{{ 1" + " if 1 else 1".repeat(10_000) + " }}", "{% if 1 %}".repeat(5000), "{% for a in [1] %}".repeat(5000),
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}" + "x".repeat(1000) + "{% endfor %}",
        "{% macro a(x) %}{{ a(x) }}{% endmacro %}{{ a(1) }}", "{% macro a() %}{{ a() ~ a() }}{% endmacro %}{{ a() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ 'a' * 9999999999 }}", "{{ [1] * 9999999999 }}", "{{ ('a' * 4000000) ~ ('a' * 4000000) }}",
        "{{ 10 ** 9999999 }}", "{{ 9 ** 99 ** 99 ** 99 }}", "{{ 2 ** 60000 * 2 ** 60000 }}",
        "{{ '%999999999d' % 1 }}", "{{ '%.999999999f' % 1 }}", "{{ '{:999999999}'.format(1) }}",
        "{{ 'a'.center(999999999) }}", "{{ 'a'.ljust(999999999) }}", "{{ 'a'.zfill(999999999) }}",
        "{{ '\\t'.expandtabs(999999999) }}", "{{ 'a'|indent(999999999, true) }}", "{{ [1]|batch(999999999, 1)|list }}",
        "{{ [1]|slice(999999999, 1)|list }}", "{{ ('ab' * 100000).replace('a', 'c' * 10000) }}",
        "{{ ('a' * 100000).replace('', 'b' * 1000) }}", "{{ (('a' * 10000)|list)|join('b' * 10000) }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = ns.l + [ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=['a']) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[]) %}"
            + "{% for i in range(5000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l == [ns.l] }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}"
            + "{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
        "{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}"
            + "{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}",
        "{% set l = range(100000)|list %}{% for i in l %}{{ 'x' in l }}{% endfor %}",
        "{% set l = range(100000)|list %}{% for i in l %}{{ l.count(-1) }}{{ l.index(99999) }}{% endfor %}",
        "{% set l = range(100000)|list %}{{ l|unique|list|length }}",
        "{% set s = 'a' * 4000000 %}{% for i in range(100000) %}{{ s.count('b') }}{{ s|length }}{{ s[1] }}{% endfor %}",
        "{% set s = 'a' * 4000000 %}{% for i in range(100000) %}{% if s == s ~ 'b' %}{% endif %}{% endfor %}",
        "{% set s = 'a' * 4000000 %}{% for i in range(100000) %}{% if 'ab' in s %}{% endif %}{% endfor %}",
        "{% set s = 'a ' * 2000000 %}{% for i in range(1000) %}{% if s.split() %}{% endif %}{% endfor %}",
        "{% set s = 'a ' * 2000000 %}{% for i in range(1000) %}{{ s|wordcount }}{{ s|title|length }}{% endfor %}",
        "{% set s = '<' * 2000000 %}{{ s|striptags|length }}{{ (s ~ '<!--' * 100000)|striptags|length }}{{ nope() }}",
        "{% for a in range(99999) %}{% set x = range(99999)|list %}{% endfor %}",
        "{% for a in range(99999) %}{% set x = range(99999)[::-1]|sort %}{% endfor %}",
        "{{ '" + "{".repeat(99_999) + "'.format(1) }}", "{{ '{" + "[0]".repeat(100_000) + "}'.format(1) }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ namespace.__init__.__globals__ }}",
        doublingMacros(), "{{ messages.getClass() }}", "{{ messages[0].content.getClass() }}", "{{ cycler.__init__ }}{{ lipsum(1000) }}");
  }

  /** Each hands its value on twice. */
  private static String doublingMacros() {
    StringBuilder source = new StringBuilder("{% macro m0(x) %}{{ x }}{% endmacro %}");
    for (int i = 1; i <= 40; i++) {
      source.append("{% macro m").append(i).append("(x) %}{{ m").append(i - 1).append("([x, x]) }}{% endmacro %}");
    }
    return source + "{{ m40([1]) }}";
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileTemplatesEndAtOnce(String source) {
    assertTimeoutPreemptively(Duration.ofSeconds(10), () ->
        assertThatThrownBy(() -> JinjaTemplate.parse(source).render(VALUES, Map.of()))
            .isInstanceOf(JinjaException.class));
  }

  @Test
  void aLongConversationIsNoHostileOne() {
    List<Map<String, String>> turns = Stream.generate(() -> Map.of("role", "user", "content",
        "What is it? ".repeat(20)))
        .limit(10_000).toList();
    JinjaTemplate template = JinjaTemplate.parse("{% for m in messages %}{% if loop.first and m.role == 'system' %}"
        + "{{ m.content }}{% else %}{{ '<|' ~ m['role'] ~ '|>' + m.content | trim }}{% endif %}{% endfor %}");
    assertThat(template.render(Map.of("messages", turns), Map.of()).text()).hasSize(10_000 * (239 + 8));
  }

  @Provide
  Arbitrary<String> templates() {
    return Arbitraries.of("{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", "\n", "x", "'", "\"", "(", ")", "[",
        "]", "{",
        "}", ".", ",", ":", "|", "~", "*", "**", "//", "%", "==", "<", "=", "1", "2.5", "'a'", " if ", " else ",
        " elif ",
        " endif ", " for ", " in ", " endfor ", " set ", " endset ", " macro ", " endmacro ", " call ", " endcall ",
        " filter ", " endfilter ", " with ", " endwith ", " raw ", " endraw ", " is ", " not ", " and ", " or ",
        " recursive ", " loop", " messages", " upper", " join", " sort", " map", " defined", " range(3)",
        " namespace()",
        " true", " none", " break ", " continue ", " generation ", " endgeneration ", " format", "\\", "\u00e9",
        "\ud83d\ude00")
        .list().ofMaxSize(25).map(parts -> String.join("", parts));
  }

  @Property(tries = 3000)
  void anythingIsRenderedOrRefused(@ForAll("templates") String source) {
    try {
      assertThat(JinjaTemplate.parse(source).render(VALUES, Map.of()).text()).isNotNull();
    } catch (JinjaException refused) {
      assertThat(refused).hasMessageNotContaining("Exception").message().isNotBlank();
    }
  }

  @Provide
  Arbitrary<String> expressions() {
    Arbitrary<String> plain = Arbitraries.of("1", "-2", "2.5", "'a'", "''", "none", "true", "[]", "[1, 'b']", "{}",
        "{'a': 1}",
        "(1,)", "messages", "missing", "range(3)", "messages.items", "[1]|map('string')", "10 ** 30", "'%s'", "'{}'",
        "namespace()",
        "range", "{'a': 1}.items()");
    Arbitrary<String> more = Arbitraries.of(
        "|upper", "|length", "|first", "|last", "|join", "|join(1)", "|sort", "|sort(attribute='a')", "|int",
        "|float", "|round(2)",
        "|abs", "|sum", "|min", "|max", "|unique|list", "|batch(2)|list", "|slice(2)|list", "|groupby('a')",
        "|dictsort", "|tojson",
        "|tojson(indent=1)", "|replace(1, 2)", "|indent", "|truncate(3)", "|wordwrap(2)", "|urlencode",
        "|filesizeformat",
        "|format(1)", "|map('int')|list", "|select('gt', 1)|list", "|selectattr('a')|list", "|center(9)",
        "|default(1)", "|list",
        "|reverse|list", "|items|list", "|attr('a')", "|trim('a')", "|striptags", "|title", "|random", "|xmlattr",
        " is even",
        " is divisibleby 2", " is in [1]", " is sameas none", " is lt 2", "[0]", "[1:]", "[::-1]", "['a']", ".a",
        "()", "(1)",
        ".split()", ".split(1)", ".split('a', 1)", ".replace('a', 'b')", ".join([1])", ".get('a')", ".items()|list",
        ".format(1)",
        ".startswith('a')", ".find('a', 1)", ".count('a')", ".index(1)", ".center(5, 'ab')", ".zfill(3)", ".title()",
        ".partition('a')",
        " % 1", " % (1, 2)", " * 2", " + 1", " // 2", " ** 2", " < 1", " == 1", " in [1]", " ~ 1");
    return Combinators.combine(plain, more.list().ofMaxSize(3)).as((first, rest) ->
        rest.stream().reduce(first, (of, each) -> "(" + of + ")" + each));
  }

  @Property(tries = 3000)
  void anyExpressionHasAValueOrIsRefused(@ForAll("expressions") String expression) {
    anythingIsRenderedOrRefused("{{ " + expression + " }}");
  }
}
