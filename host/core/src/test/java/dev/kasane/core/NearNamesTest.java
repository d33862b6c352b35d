package dev.kasane.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearNamesTest {
  @Test
  void nearestComesFirst() {
    assertThat(NearNames.of("to_qq", List.of("proj_in", "to_out.0", "to_k", "to_q", "to_q"), 2))
        .containsExactly("to_q", "to_k");
    assertThat(NearNames.of("anything", List.of(), 3)).isEmpty();
  }

  @Property(tries = 200)
  void distanceIsAMetric(
      @ForAll @StringLength(max = 6) @CharRange(from = 'a', to = 'c') String a,
      @ForAll @StringLength(max = 6) @CharRange(from = 'a', to = 'c') String b,
      @ForAll @StringLength(max = 6) @CharRange(from = 'a', to = 'c') String c) {
    int ab = NearNames.distance(a, b);
    assertThat(ab).isEqualTo(NearNames.distance(b, a));
    assertThat(ab == 0).isEqualTo(a.equals(b));
    assertThat(ab).isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
    assertThat(NearNames.distance(a, c)).isLessThanOrEqualTo(ab + NearNames.distance(b, c));
  }
}
