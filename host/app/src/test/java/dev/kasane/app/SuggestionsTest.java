package dev.kasane.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
  private static final List<String> OPTIONS = List.of("learning-rate", "rank", "alpha", "seed", "steps");

  @ParameterizedTest
  @CsvSource({
    "learning_rate, learning-rate", "learningrate, learning-rate", "RANK, rank", "rnk, rank", "alhpa, alpha",
    "step, steps", "learn, learning-rate"
  })
  void findsWhatWasMeant(String word, String meant) {
    assertThat(Suggestions.nearest(word, OPTIONS)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"network_dim", "xyz", "''"})
  void staysSilentWhenNothingIsClose(String word) {
    assertThat(Suggestions.nearest(word, OPTIONS)).isEmpty();
  }

  @Property
  void oneWrongLetterIsForgiven(@ForAll @AlphaChars @StringLength(min = 4, max = 20) String word) {
    assertThat(Suggestions.nearest(word + "#", List.of(word, "0123456789012345678901234"))).contains(word);
  }
}
