package dev.kasane.text.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.text.Goldens;
import java.io.IOException;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenScoresTest {
  static Stream<JsonNode> cases() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(Goldens.FOLDER.resolve("scores.json").toFile());
    return StreamSupport.stream(cases.spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void changesScoresAsTransformersDoes(JsonNode golden) {
    JsonNode options = golden.get("options");
    BitSet seen = new BitSet();
    golden.get("seen").forEach(token -> seen.set(token.asInt()));
    TokenScores scores = new TokenScores(floats(golden.get("before")));
    scores.process(new GenerationOptions(1, options.get("temperature").asDouble(),
        options.path("top_k").asInt(0), options.path("top_p").asDouble(1), options.path("min_p").asDouble(0),
        options.path("repetition_penalty").asDouble(1), 0, List.of()), seen);

    JsonNode after = golden.get("after");
    for (int token = 0; token < after.size(); token++) {
      if (after.get(token).isNull()) {
        assertThat(scores.values()[token]).isEqualTo(Float.NEGATIVE_INFINITY);
      } else {
        assertThat(scores.values()[token]).isCloseTo((float) after.get(token).asDouble(), within(1e-5f));
      }
    }
  }

  /** However spread the scores are: the unlikeliest go one by one as long as they are within 1 − p together. */
  @ParameterizedTest
  @CsvSource({"0.1, 0.9", "1, 0.5", "1, 0.95", "3, 0.9", "3, 0.999", "9, 0.3", "9, 0.99"})
  void nucleusIsWhatIsLeftOfTheWholeOrder(double spread, double topP) {
    Random random = new Random(7);
    float[] before = new float[3000];
    for (int token = 0; token < before.length; token++) {
      before[token] = (float) (spread * random.nextGaussian());
    }
    double whole = IntStream.range(0, before.length).mapToDouble(token -> Math.exp(before[token])).sum();
    List<Integer> fromWorst = IntStream.range(0, before.length).boxed()
        .sorted(Comparator.comparingDouble(token -> before[token])).toList();
    double tail = 0;
    int gone = 0;
    while (tail + Math.exp(before[fromWorst.get(gone)]) / whole <= 1 - topP) {
      tail += Math.exp(before[fromWorst.get(gone++)]) / whole;
    }
    TokenScores scores = new TokenScores(before.clone());
    scores.process(new GenerationOptions(1, 1, 0, topP, 0, 1, 0, List.of()), new BitSet());
    for (int i = 0; i < before.length; i++) {
      int token = fromWorst.get(i);
      assertThat(scores.values()[token]).isEqualTo(i < gone ? Float.NEGATIVE_INFINITY : before[token]);
    }
    assertThat(gone).isPositive();
  }

  @Test
  void drawsByProbability() {
    float[] logs = {(float) Math.log(0.5), Float.NEGATIVE_INFINITY, (float) Math.log(0.3), (float) Math.log(0.2)};
    TokenScores scores = new TokenScores(logs);
    assertThat(IntStream.range(0, 10).map(i -> scores.draw((i + 0.5) / 10)))
        .containsExactly(0, 0, 0, 0, 0, 2, 2, 2, 3, 3);
    assertThat(scores.draw(Math.nextDown(1.0))).isEqualTo(3);
  }

  @Test
  void theBestOfEqualsIsTheFirst() {
    assertThat(new TokenScores(new float[] {1, 3, 3, 2}).best()).isEqualTo(1);
  }

  private static float[] floats(JsonNode numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) numbers.get(i).asDouble();
    }
    return values;
  }
}
