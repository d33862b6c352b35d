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

  @Test
  void aFarNameIsNoGuess() {
    assertThat(NearNames.closest("eular", List.of("euler", "ddim"))).contains("euler");
    assertThat(NearNames.closest("heun", List.of("ddim", "pndm"))).isEmpty();
  }

  @Property(tries = 200)
  void aKnownNameIsItsOwnNearest(
      @ForAll @StringLength(min = 1, max = 6) @CharRange(from = 'a', to = 'c') String a,
      @ForAll @StringLength(min = 1, max = 6) @CharRange(from = 'a', to = 'c') String b) {
    assertThat(NearNames.of(a, List.of(b, a), 1)).containsExactly(a);
    assertThat(NearNames.closest(a, List.of(b, a))).contains(a);
  }
}
