package dev.kasane.text.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TextTrainingFactsTest {
  @Test
  void aBaseIsNamedAsOthersKnowItNotByItsPlaceHere() {
    assertThat(TextTrainingFacts.name(Path.of("/home/someone/models/tiny-llama/."))).isEqualTo("tiny-llama");
    assertThat(TextTrainingFacts.name(Path.of("/cache/hub/models--facebook--opt-125m/snapshots/27dcfa")))
        .isEqualTo("facebook/opt-125m");
  }
}
