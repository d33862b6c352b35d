package dev.kasane.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedPatternTest {
  private static final String PATH = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";

  @Test
  void meansWhatJavasExpressionsMean() {
    assertThat(BoundedPattern.of("to_[qk]", "(.*\\.)?(%s)").matches(PATH)).isTrue();
    assertThat(BoundedPattern.of("to_[qk]", "%s").matches(PATH)).isFalse();
    assertThat(BoundedPattern.of("^(?!.*attn2).*to_q$", "%s").matches(PATH)).isTrue();
    assertThat(BoundedPattern.of("(?:a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r)\\w{3,20}_blocks.*", "%s").matches(PATH))
        .as("with many choices").isTrue();
    assertThat(BoundedPattern.of("blocks", ".*?%s\\.(\\d+)\\.").matchesBeginning(PATH).orElseThrow().group(1))
        .isEqualTo("0");
    assertThat(BoundedPattern.of("x", "%s").matchesBeginning(PATH)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"((\\w+\\.?)+)+!", "(.*)*(.*)*(.*)*(.*)*!", 
      "(?:(?:\\w{1,9}\\.?){1,9}){1,99}!"})
  void refusesWhatTakesTooLong(String expression) {
    refusesManyTimes(expression, PATH);
  }

  /** These choose between ways to fit nothing, and never look at a letter. They would take several seconds each. */
  static Stream<String> blind() {
    return Stream.of("(|)".repeat(27) + "c", "(){2000000000}(){2000000000}c");
  }

  @ParameterizedTest
  @MethodSource("blind")
  void refusesWhatTakesTooLongWithoutLooking(String expression) {
    refusesManyTimes(expression, "aaab");
  }

  private static void refusesManyTimes(String expression, String path) {
    BoundedPattern pattern = BoundedPattern.of(expression, "%s");
    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> pattern.matches(path)).isInstanceOf(UserException.class)
            .hasMessageContainingAll("takes too long", expression);
      }
    });
  }

  static Stream<String> odd() {
    return Stream.of("(a{1000}){1000}", "((a{1000}){1000}){1000}", "(".repeat(600) + "a" + ")?".repeat(600),
        "(a|b)?".repeat(300), "[a&&".repeat(390) + "b" + "]".repeat(390), "(?=".repeat(400) + "a" + ")".repeat(400));
  }

  @ParameterizedTest
  @MethodSource("odd")
  void compilesWhatBlowsUpElsewhere(String expression) {
    assertTimeoutPreemptively(Duration.ofSeconds(20),
        () -> assertThat(BoundedPattern.of(expression, "%s").matches(PATH)).isFalse());
  }

  @Test
  void refusesWhatIsNoExpressionOrTooLong() {
    assertThatThrownBy(() -> BoundedPattern.of("to_(q", "%s")).isInstanceOf(UserException.class)
        .hasMessage("'to_(q' is no regular expression: Unclosed group.");
    assertThatThrownBy(() -> BoundedPattern.of("x".repeat(2001), "%s")).isInstanceOf(UserException.class)
        .hasMessageContaining("2001 characters, expected at most 2000");
  }
}
