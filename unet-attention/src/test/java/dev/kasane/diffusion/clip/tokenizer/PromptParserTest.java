package dev.kasane.diffusion.clip.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected values follow from the web interface's published grammar; 1.1 * 1.1 = 1.21, 1 / 1.1 = 0.9091. */
class PromptParserTest {
  /** Pieces are written text=weight with four decimals, separated by a bar; a break is written /. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '~', quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = false, value = {
      "a cat~a cat=1.0000",
      "a (cat)~a =1.0000|cat=1.1000",
      "a (cat:1.3) sits~a =1.0000|cat=1.3000| sits=1.0000",
      "((cat))~cat=1.2100",
      "(((cat)))~cat=1.3310",
      "[cat]~cat=0.9091",
      "[[cat]]~cat=0.8264",
      "([cat])~cat=1.0000",
      "((cat:1.5))~cat=1.6500",
      "(a (cat:2) b:1.5)~a =1.5000|cat=3.0000| b=1.5000",
      "(a [b] c:2)~a =2.0000|b=1.8182| c=2.0000",
      "(cat: 1.3 )~cat=1.3000",
      "(cat:.5)~cat=0.5000",
      "(cat:1.)~cat=1.0000",
      "(cat:+2)~cat=2.0000",
      "(cat:-1)~cat=-1.0000",
      "(cat:0)~cat=0.0000",
      "(cat:1.2) (dog:1.2)~cat=1.2000| =1.0000|dog=1.2000",
      "(one)(two)~onetwo=1.1000",
      "\\(cat\\)~(cat)=1.0000",
      "\\[cat\\]~[cat]=1.0000",
      "(\\(cat\\):1.5)~(cat)=1.5000",
      "a\\\\b~a\\b=1.0000",
      "a\\nb~anb=1.0000",
      "cat\\~cat=1.0000",
      "\\(cat:1.3\\)~(cat:1.3)=1.0000",
      "(cat~cat=1.1000",
      "a ((cat~a =1.0000|cat=1.2100",
      "[cat~cat=0.9091",
      "cat)~cat)=1.0000",
      "cat]~cat]=1.0000",
      "cat:1.3)~cat:1.3)=1.0000",
      "[cat:1.3)~cat:1.3)=0.9091",
      "[cat:1.3]~cat:1.3=0.9091",
      "(cat]~cat]=1.1000",
      "(a [b) c]~a =1.1000|b=1.0000| c=0.9091",
      "(cat:)~cat:=1.1000",
      "(cat:dog)~cat:dog=1.1000",
      "(cat:1.3 dog)~cat:1.3 dog=1.1000",
      "(cat:1.3:1.5)~cat:1.3=1.5000",
      "(cat:1.2.3)~cat:1.2.3=1.1000",
      "time: 12:30~time: 12:30=1.0000",
      "()~=1.0000",
      "(:1.5)~=1.0000",
      "a BREAK b~a=1.0000|/|b=1.0000",
      "a, BREAK(b)~a,=1.0000|/|=1.0000|b=1.1000",
      "BREAK~=1.0000|/|=1.0000",
      "BREAK BREAK~=1.0000|/|=1.0000|/|=1.0000",
      "(a BREAK b:1.5)~a=1.5000|/|b=1.5000",
      "aBREAK BREAKb break~aBREAK BREAKb break=1.0000",
  })
  void readsTheGrammar(String prompt, String expected) {
    String found = PromptParser.parse(prompt).stream().map(PromptParserTest::show)
        .collect(Collectors.joining("|"));
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void emptyPromptIsOneEmptyText() {
    assertThat(PromptParser.parse("")).containsExactly(new WeightedText("", 1));
  }

  @Test
  void lineBreaksAroundABreakVanish() {
    assertThat(PromptParser.parse("a\n\nBREAK\t\nb"))
        .containsExactly(new WeightedText("a", 1), new ChunkBreak(), new WeightedText("b", 1));
  }

  @Test
  void fullWidthDigitsAreANumber() {
    assertThat(PromptParser.parse("(猫:１.５)")).containsExactly(new WeightedText("猫", 1.5));
  }

  @Test
  void absurdWeightsStayFinite() {
    assertThat(weight("(cat:" + "9".repeat(400) + ")")).isEqualTo(1e6);
    assertThat(weight("(".repeat(9000) + "cat")).isEqualTo(1e6);
    assertThat(weight("((cat:0):" + "9".repeat(400) + ")")).isZero();
    assertThat(weight("(cat:-" + "9".repeat(400) + ")")).isEqualTo(-1e6);
  }

  @Test
  void weightsAreMultipliedInDoublePrecision() {
    assertThat(weight("(((((cat)))))")).isCloseTo(1.61051, Offset.offset(1e-14));
  }

  private static double weight(String prompt) {
    return assertThat(PromptParser.parse(prompt)).singleElement()
        .asInstanceOf(InstanceOfAssertFactories.type(WeightedText.class)).actual().weight();
  }

  private static String show(PromptPiece piece) {
    return piece instanceof WeightedText text
        ? text.text() + "=" + String.format(Locale.ROOT, "%.4f", text.weight()) : "/";
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a", "[a", "(a:", "(a)", "a)", "([a", "(a:1.1)", "\\("})
  void theWorkGrowsWithTheLengthAlone(String part) {
    String prompt = part.repeat(100_000);
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThat(PromptParser.parse(prompt)).isNotEmpty());
  }

  @Test
  void weighsWithinBoundsHoweverDeepItIsNested() {
    String nested = "(".repeat(100_000) + "a" + ")".repeat(100_000);
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThat(PromptParser.parse(nested))
        .containsExactly(new WeightedText("a", PromptParser.WEIGHT_LIMIT)));
  }
}
