package dev.kasane.app.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A damaged file is described or refused; nothing else ever happens. {@link MutatedFiles} runs longer. */
class MutatedFilesIT {
  private static Path folder;
  private static MutatedFiles files;

  @BeforeContainer
  static void make() throws IOException {
    folder = Files.createTempDirectory("kasane-mutated");
    files = new MutatedFiles(folder);
  }

  @AfterContainer
  static void remove() throws IOException {
    try (var left = Files.list(folder)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Property(tries = 1000)
  void everyDamagedFileIsDescribed(@ForAll long seed) throws IOException {
    FileInspection found = files.inspect(seed);

    assertThat(found.problems()).allSatisfy(problem -> assertThat(problem).isNotBlank());
    if (found.isSound()) {
      assertThat(found.kind().format()).isNotEqualTo("unknown");
      assertThat(found.tensors().count()).isPositive();
    }
  }
}
