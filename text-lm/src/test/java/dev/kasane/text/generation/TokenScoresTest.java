package dev.kasane.text.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.text.Goldens;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
