package dev.kasane.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void printsPlainLinesWhereNothingCanBeRedrawn() {
    try (Progress progress = Progress.start("Training", "steps", 40, 0, out, false)) {
      progress.stepTo(30);
      progress.message("loss 0.0931");
      progress.note("Checkpoint written");
    }

    assertThat(shown()).doesNotContain("\r", "\033").contains("Checkpoint written" + System.lineSeparator());
    assertThat(shown().lines().reduce((first, last) -> last).orElseThrow())
        .startsWith("Training").contains("75%", "30/40 steps", "loss 0.0931");
  }

  @Test
  void printsTheLastPlainLineOnce() {
    try (Progress progress = Progress.start("Training", "steps", 40, 0, out, false)) {
      progress.stepTo(40);
    }

    assertThat(shown().lines().filter(line -> line.contains("40/40"))).hasSize(1);
  }

  @Test
  void redrawsOneLineOnATerminal() {
    try (Progress progress = Progress.start("Training", "steps", 2, 0, out, true)) {
      progress.step();
      progress.step();
    }

    assertThat(shown()).contains("\r").contains("2/2 steps").endsWith(System.lineSeparator());
  }

  @Test
  void strangersTextDoesNotSteerTheTerminalThatTheBarDrawsOn() {
    try (Progress progress = Progress.start("Training", "steps", 2, 0, out, true)) {
      progress.note("Step 1: \033[31mred\nforged");
      progress.message("\u202eloss");
      progress.step();
    }

    assertThat(shown()).contains("\r\033[K" + "Step 1: \\u001b[31mred\\nforged", "\\u202eloss")
        .doesNotContain("\033[31m", "\u202e");
  }

  @Test
  void goesOnFromAnEarlierRun() {
    try (Progress progress = Progress.start("Training", "steps", 100, 60, out, false)) {
      progress.step();
    }

    assertThat(shown()).contains("61/100 steps");
  }
}
