package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeftoversTest {
  private static final Maker SELF = Maker.self();

  @TempDir
  private Path folder;
  private Path target;

  @BeforeEach
  void name() {
    target = folder.resolve("a.txt");
  }

  private void write() throws IOException {
    PendingFile.replace(folder.resolve("b.txt"), "new");
  }

  @Test
  void whatADeadProcessHasLeftGoesWithTheNextFile() throws IOException {
    Path file = Files.writeString(DeadMaker.pending(target), "half");
    Path half = Files.createDirectories(DeadMaker.pending(folder.resolve("model")).resolve("part"));
    Path mine = Files.writeString(Files.createDirectory(folder.resolve("mine")).resolve("c.txt"), "mine");
    Files.createSymbolicLink(half.resolve("link"), mine.getParent());
    write();
    assertThat(file).doesNotExist();
    assertThat(half.getParent()).doesNotExist();
    assertThat(mine).hasContent("mine");
  }

  @Test
  void whatLivingProcessesAreWritingStays() throws IOException, InterruptedException {
    Process other = new ProcessBuilder("cat").start();
    try {
      Maker living = Maker.of(other.pid()).orElseThrow();
      Path theirs = Files.writeString(folder.resolve(DeadMaker.name(target, living, "tmp")), "half");
      Path own = Files.writeString(folder.resolve(DeadMaker.name(target, SELF, "tmp")), "half");
      write();
      assertThat(own).exists();
      assertThat(theirs).exists();
      other.destroyForcibly().waitFor();
      PendingFolder.removeLeftovers(folder);
      assertThat(own).exists();
      assertThat(theirs).doesNotExist();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void whatAnotherMachineHasMadeStays() throws IOException {
    Maker elsewhere = new Maker("0".repeat(8), SELF.boot(), SELF.pid(), 1);
    Path theirs = Files.writeString(folder.resolve(DeadMaker.name(target, elsewhere, "tmp")), "half");
    write();
    assertThat(theirs).exists();
  }

  @Test
  void beforeTheMachineWasStartedAnewMeansDeadUnlessItIsStillWrittenTo() throws IOException {
    Maker before = new Maker(SELF.machine(), "12345678", SELF.pid(), SELF.start());
    Path touched = Files.writeString(folder.resolve(DeadMaker.name(target, before, "tmp")), "half");
    write();
    assertThat(touched).exists();
    Files.setLastModifiedTime(touched, FileTime.from(Instant.EPOCH));
    PendingFolder.removeLeftovers(folder);
    assertThat(touched).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {".a.txt.tmp", ".a.txt.123e4567-e89b-12d3-a456-426614174000.tmp", ".kasane-1-2-3-4-5.tmp",
      ".a.txt.kasane-DEAD-1.tmp", "a.txt.kasane-DEAD-7.tmp", ".a.txt.kasane-DEAD-7.tmp~", ".a.txt.kasane-DEAD-7"})
  void whatHasNotExactlySuchANameStays(String name) throws IOException {
    String maker = DeadMaker.pending(target).getFileName().toString().replaceAll(".*kasane-(.*)-7\\.tmp", "$1");
    String given = name.contains("-1.tmp") ? name.replace("DEAD", maker.substring(1)) : name.replace("DEAD", maker);
    Path file = Files.writeString(folder.resolve(given), "mine");
    write();
    assertThat(file).exists();
  }

  @Test
  void anOldFolderGoesBackWhereNoNewOneHasCome() throws IOException {
    Path model = folder.resolve("model");
    Path old = Files.createDirectory(DeadMaker.setAside(model));
    Files.writeString(old.resolve("a.txt"), "old");
    Files.createDirectory(DeadMaker.pending(model));
    write();
    assertThat(model.resolve("a.txt")).hasContent("old");

    Path superseded = Files.createDirectory(DeadMaker.setAside(model));
    PendingFolder.removeLeftovers(folder);
    assertThat(superseded).doesNotExist();
    assertThat(model.resolve("a.txt")).hasContent("old");
    assertThat(List.of(folder.toFile().list())).containsExactlyInAnyOrder("model", "b.txt");
  }
}
