package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals")
class ProcessEndTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KILL = 9;

  @TempDir
  private Path folder;
  @TempDir
  private Path log;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Starts a process, waits until it is ready and signals; returns its exit code. */
  private int signalled(String signal, String mode) {
    return assertTimeoutPreemptively(PATIENCE, () -> {
      Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
          System.getProperty("java.class.path"), Writing.class.getName(), mode, folder.toString())
          .redirectError(log.resolve("err.txt").toFile()).start();
      try (BufferedReader out = process.inputReader()) {
        assertThat(out.readLine()).isEqualTo("ready");
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        return process.waitFor();
      } finally {
        process.destroyForcibly();
      }
    });
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
  void whatIsPendingGoesWithTheProcess(String signal, int code) throws IOException {
    Files.writeString(folder.resolve("old.txt"), "old");

    assertThat(signalled(signal, "within")).isEqualTo(code);

    assertThat(names()).containsExactly("old.txt");
    assertThat(folder.resolve("old.txt")).hasContent("old");
    assertThat(log.resolve("err.txt")).isEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void noThreadCreatesOrMovesAnythingBehindTheRemoval(String signal) throws IOException {
    for (int i = 0; i < 3; i++) {
      signalled(signal, "restless");
      assertThat(names()).allMatch(Pattern.compile("(file|model)-[01]").asMatchPredicate());
      assertThat(log.resolve("err.txt")).isEmptyFile();
    }
  }

  @Test
  void whatAKilledProcessLeavesGoesWithTheNext() throws IOException {
    assertThat(signalled("KILL", "within")).isEqualTo(128 + KILL);
    assertThat(names()).hasSize(2).anyMatch(name -> name.startsWith(".old.txt.kasane-")).contains("made");

    PendingFile.replace(folder.resolve("old.txt"), "new");
    PendingFolder.removeLeftovers(folder.resolve("made"));

    assertThat(names()).containsExactly("made", "old.txt");
    assertThat(folder.resolve("made")).isEmptyDirectory();
  }

  @Test
  void foldersAreOldOrNewHoweverOftenTheirProcessIsKilled() throws IOException {
    for (int i = 0; i < 5; i++) {
      signalled("KILL", "restless");
      PendingFolder.removeLeftovers(folder);
      assertThat(names()).containsExactly("file-0", "file-1", "model-0", "model-1");
      for (String model : List.of("model-0", "model-1")) {
        assertThat(folder.resolve(model).resolve("part").toFile().list()).hasSize(5);
      }
    }
  }

  @Test
  void lastWorkIsDoneBeforeTheDoorCloses() throws IOException {
    assertThat(signalled("TERM", "last-work")).isEqualTo(143);
    assertThat(names()).containsExactly("checkpoint.txt");
  }
}
