package dev.kasane.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class SharedDataTest {
  @TempDir
  private Path folder;

  private SharedData data(boolean onServer) {
    return new SharedData(folder.resolve("data"), onServer);
  }

  @Test
  void givesWhatIsThere() throws IOException {
    Path file = Files.writeString(Files.createDirectory(folder.resolve("data")).resolve("one"), "1");

    assertThat(data(true).require("one")).isEqualTo(file);
    assertThat(data(false).require("one")).isEqualTo(file);
  }

  @Test
  void skipsWhereThereIsNoFolder() {
    for (boolean onServer : new boolean[] {false, true}) {
      assertThatThrownBy(() -> data(onServer).require("adapters/one"))
          .isInstanceOf(TestAbortedException.class).hasMessageContaining("data/adapters/one");
    }
  }

  @Test
  void failsWhereNobodyWouldSeeThatAFileIsMissing() throws IOException {
    Files.createDirectory(folder.resolve("data"));

    assertThatThrownBy(() -> data(true).require("adapters/one"))
        .isInstanceOf(AssertionError.class).hasMessageContaining("data/adapters/one").hasMessageContaining("CI=true");
    assertThatThrownBy(() -> data(false).require("adapters/one"))
        .isInstanceOf(TestAbortedException.class).hasMessageContaining("data/adapters/one");
  }

  @Test
  void aFolderThatCannotBeReadIsThere() throws IOException {
    Files.createSymbolicLink(folder.resolve("data"), folder.resolve("nowhere"));

    assertThatThrownBy(() -> data(true).require("one")).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> data(false).require("one")).isInstanceOf(TestAbortedException.class);
  }
}
