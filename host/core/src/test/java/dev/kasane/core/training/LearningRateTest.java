package dev.kasane.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kasane.core.UserException;
import dev.kasane.core.training.LearningRate.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {
  @ParameterizedTest
  @CsvSource({
      "CONSTANT, 4, 1", "CONSTANT, 54, 1", "CONSTANT, 103, 1",
      "LINEAR, 4, 1", "LINEAR, 29, 0.75", "LINEAR, 54, 0.5", "LINEAR, 104, 0",
      "COSINE, 4, 1", "COSINE, 29, 0.853553390593", "COSINE, 54, 0.5", "COSINE, 104, 0"})
  void followsItsCourseBehindTheWarmUp(Kind kind, long step, double share) {
    assertThat(new LearningRate(kind, 2e-4, 4, 104).at(step)).isCloseTo(2e-4 * share, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void warmsUpInAStraightLine(Kind kind) {
    LearningRate rate = new LearningRate(kind, 1, 4, 104);
    assertThat(new double[] {rate.at(0), rate.at(1), rate.at(2), rate.at(3)})
        .containsExactly(0, 0.25, 0.5, 0.75);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void staysFiniteWhenTheWarmUpIsTheWholeRunOrLonger(Kind kind) {
    assertThat(new LearningRate(kind, 1, 10, 10).at(9)).isEqualTo(0.9);
    assertThat(new LearningRate(kind, 1, 20, 10).at(9)).isEqualTo(0.45);
    assertThat(new LearningRate(kind, 1, 0, 1).at(0)).isEqualTo(1);
  }

  @Test
  void namesWhatItTakes() {
    assertThat(Kind.parse("cosine")).isEqualTo(Kind.COSINE);
    assertThatThrownBy(() -> Kind.parse("polynomial")).isInstanceOf(UserException.class)
        .hasMessageContaining("«learning-rate schedule»").hasMessageContaining("constant, linear, cosine");
  }
}
