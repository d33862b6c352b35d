package dev.kasane.diffusion.clip.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every character that the Java runtime's Unicode assigns is treated as the reference treats it. */
class UnicodeTableTest {
  @Test
  void everyAssignedCharacterHasTheReferenceClass() throws IOException {
    char[] expected = new char[Character.MAX_CODE_POINT + 1];
    Arrays.fill(expected, 'O');
    for (String run : Goldens.read("unicode.json").get("kinds").asText().split(" ")) {
      String[] parts = run.split("[-:]");
      Arrays.fill(expected, Integer.parseInt(parts[0], 16), Integer.parseInt(parts[1], 16) + 1,
          parts[2].charAt(0));
    }
    assertThat(assigned().filter(point -> kind(point) != expected[point]).mapToObj(Integer::toHexString))
        .isEmpty();
  }

  @Test
  void everyAssignedCharacterIsNormalisedAsByTheReference() throws IOException {
    JsonNode changed = Goldens.read("unicode.json").get("changed");
    assertThat(changed.size()).isGreaterThan(2000);
    assertThat(assigned().filter(point -> {
      JsonNode expected = changed.get(Integer.toHexString(point));
      String given = Character.toString(point);
      return !TextNormalizer.normalize(given).equals(expected == null ? given : expected.asText());
    }).mapToObj(Integer::toHexString)).isEmpty();
  }

  private static IntStream assigned() {
    return IntStream.rangeClosed(0, Character.MAX_CODE_POINT).filter(point -> {
      int type = Character.getType(point);
      return type != Character.UNASSIGNED && type != Character.SURROGATE;
    });
  }

  private static char kind(int point) {
    if (TextNormalizer.isWhiteSpace(point)) {
      return 'S';
    }
    return Character.isLetter(point) ? 'L' : WordSplitter.isNumber(point) ? 'N' : 'O';
  }
}
