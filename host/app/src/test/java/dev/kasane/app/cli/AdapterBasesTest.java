package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterBasesTest {
  private final String before = System.getProperty("kasane.home");

  @TempDir
  private Path home;

  @AfterEach
  void leaveIt() {
    if (before == null) {
      System.clearProperty("kasane.home");
    } else {
      System.setProperty("kasane.home", before);
    }
  }

  @Test
  void demoIsTheBaseThatComesWithTheProgram() throws IOException {
    Path demo = Files.createDirectories(home.resolve("bases/demo"));
    System.setProperty("kasane.home", home.toString());
    assertThat(AdapterBases.path(Path.of("demo"))).isEqualTo(demo);
    assertThat(AdapterBases.path(Path.of("./demo/."))).isEqualTo(Path.of("./demo/."));
    assertThat(AdapterBases.path(home)).isEqualTo(home);
  }
}
