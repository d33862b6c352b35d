package dev.kasane.core.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AdapterModuleTest {
  private static double alpha(Map<String, Double> constants) {
    return new AdapterModule("layer", Map.of(), constants).alpha(4);
  }

  @Test
  void alphaIsWhatOverTheRankScalesTheUpdate() {
    assertThat(alpha(Map.of())).isEqualTo(4);
    assertThat(alpha(Map.of("alpha", 0.0))).isEqualTo(4);
    assertThat(alpha(Map.of("alpha", 2.0))).isEqualTo(2);
    assertThat(alpha(Map.of("alpha", 2.0, "scale", 0.75))).isEqualTo(3);
    assertThat(alpha(Map.of("scale", 0.0))).isZero();
  }

  @Test
  void aScalarIsAFactorOfItsOwn() {
    assertThat(alpha(Map.of("scalar", 0.5))).isEqualTo(2);
    assertThat(alpha(Map.of("alpha", 2.0, "scalar", -0.5))).isEqualTo(-1);
    assertThat(alpha(Map.of("alpha", 2.0, "scale", 0.75, "scalar", 0.5))).isEqualTo(1.5);
    assertThat(alpha(Map.of("alpha", 2.0, "scalar", 0.0))).isZero();
  }
}
