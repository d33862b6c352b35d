package dev.kasane.core.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.core.algebra.RankRule.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankRuleTest {
  private static final double[] VALUES = {8, 4, 2, 1, 1};

  /** Sums 8, 12, 14, 15, 16; squares 64, 80, 84, 85, 86. */
  @ParameterizedTest
  @CsvSource({"ENERGY, 0.74, 1", "ENERGY, 0.75, 2", "ENERGY, 0.99, 5", "FROBENIUS, 0.862, 1", "FROBENIUS, 0.863, 2",
      "FROBENIUS, 1, 5"})
  void keepsTheFewestRanks(Kind kind, double target, int rank) {
    assertThat(RankRule.of(kind, target).rank(VALUES)).isEqualTo(rank);
  }

  /** {@code write_sd_scripts.py} made the numbers that SdScriptsTest compares; these are the edges. */
  @ParameterizedTest
  @CsvSource({"SV_RATIO, 2, 2", "SV_RATIO, 2.1, 3", "SV_RATIO, 4.5, 4", "SV_RATIO, 100, 5", "SV_RATIO, 1, 2",
      "SV_CUMULATIVE, 0.5, 2", "SV_CUMULATIVE, 0.51, 3", "SV_CUMULATIVE, 0.875, 4", "SV_CUMULATIVE, 1, 5",
      "SV_FRO, 0.862, 2", "SV_FRO, 0.863, 3", "SV_FRO, 1, 5"})
  void rulesOfSdScriptsKeepOneMore(Kind kind, double target, int rank) {
    assertThat(RankRule.of(kind, target).rank(VALUES)).isEqualTo(rank);
  }

  @Test
  void boundsHold() {
    assertThat(RankRule.of(Kind.FROBENIUS, 0.1).within(3, 4).rank(VALUES)).isEqualTo(3);
    assertThat(RankRule.of(Kind.SV_CUMULATIVE, 1).within(3, 4).rank(VALUES)).isEqualTo(4);
    assertThat(RankRule.fixed(3).rank(VALUES)).isEqualTo(3);
    assertThat(RankRule.fixed(30).rank(VALUES)).isEqualTo(5);
    assertThat(RankRule.of(Kind.SV_CUMULATIVE, 1).rank(new double[] {0, 0})).isEqualTo(1);
    assertThat(RankRule.fixed(2).rank(new double[] {1e-7, 0})).isEqualTo(1);
  }

  @Test
  void numbersOutOfRangeAreNamed() {
    assertThatThrownBy(() -> RankRule.of(Kind.SV_RATIO, 0.5)).isInstanceOf(UserException.class)
        .hasMessageContaining("ratio").hasMessageContaining("0.5");
    assertThatThrownBy(() -> RankRule.of(Kind.ENERGY, 1.5)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> RankRule.of(Kind.ENERGY, Double.NaN)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> RankRule.fixed(0)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> RankRule.of(Kind.ENERGY, 1).within(5, 4)).isInstanceOf(UserException.class);
  }
}
