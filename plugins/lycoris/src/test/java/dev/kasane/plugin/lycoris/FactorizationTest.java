package dev.kasane.plugin.lycoris;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactorizationTest {
  @ParameterizedTest
  @CsvSource({"320,-1,16,20", "640,-1,20,32", "768,-1,24,32", "1280,-1,32,40", "5120,-1,64,80",
      "10240,-1,80,128", "127,16,1,127", "128,4,4,32", "250,8,5,50", "360,16,15,24", "512,8,8,64",
      "1024,-1,32,32", "12,4,3,4", "1,-1,1,1"})
  void pairsAreThoseOfLycoris(int width, int factor, int first, int second) {
    assertThat(Factorization.near(width, factor)).isEqualTo(new Factorization(first, second));
  }

  @ParameterizedTest
  @CsvSource({"768,8,6,128", "1280,32,20,64", "320,16,10,32", "12,12,12,1", "16,4,4,4"})
  void butterfliesAreThoseOfLycoris(int width, int largest, int size, int count) {
    assertThat(Factorization.butterfly(width, largest, "to_q")).isEqualTo(new Factorization(size, count));
  }

  @ParameterizedTest
  @CsvSource({"320,8,at least that", "5,8,even"})
  void whatNoButterflyTurnsIsRefusedWithAWayOut(int width, int largest, String way) {
    assertThatThrownBy(() -> Factorization.butterfly(width, largest, "mid.to_q"))
        .isInstanceOf(UserException.class).hasMessageContaining("mid.to_q").hasMessageContaining(way);
  }

  @Property
  void productIsTheWidth(@ForAll @IntRange(min = 1, max = 20000) int width,
      @ForAll @IntRange(min = 1, max = 200) int factor) {
    Factorization pair = Factorization.near(width, factor);
    assertThat(pair.first() * pair.second()).isEqualTo(width);
    assertThat(pair.first()).isBetween(1, pair.second());
  }
}
