package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingFolderTest {
  @TempDir
  private Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private PendingFolder filled(Path target) throws IOException {
    PendingFolder pending = PendingFolder.beside(target);
    Files.writeString(Files.createDirectory(pending.path().resolve("part")).resolve("a.txt"), "new");
    return pending;
  }

  @Test
  void itAppearsWhenItIsComplete() throws IOException {
    Path target = folder.resolve("model");
    try (PendingFolder pending = filled(target)) {
      assertThat(target).doesNotExist();
      pending.moveIntoPlace();
    }
    assertThat(target.resolve("part/a.txt")).hasContent("new");
    assertThat(names()).containsExactly("model");
  }

  @Test
  void closedBeforeThatItLeavesNothingNotEvenTheFoldersAbove() throws IOException {
    filled(folder.resolve("a/b/model")).close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatIsInItByLinkStaysWhenItIsRemoved() throws IOException {
    Path precious = Files.writeString(Files.createDirectory(folder.resolve("mine")).resolve("a.txt"), "precious");
    try (PendingFolder pending = filled(folder.resolve("model"))) {
      Files.createSymbolicLink(pending.path().resolve("link"), precious.getParent());
    }
    assertThat(precious).hasContent("precious");
    assertThat(names()).containsExactly("mine");
  }

  @Test
  void itTakesThePlaceOfAnEmptyFolderOnly() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    try (PendingFolder pending = filled(empty)) {
      pending.moveIntoPlace();
    }
    assertThat(empty.resolve("part/a.txt")).exists();
    Path file = Files.writeString(folder.resolve("file"), "precious");
    for (Path taken : List.of(empty, file)) {
      try (PendingFolder pending = filled(taken)) {
        assertThatThrownBy(pending::moveIntoPlace).isInstanceOf(IOException.class);
      }
    }
    assertThat(file).hasContent("precious");
    assertThat(names()).containsExactly("empty", "file");
  }

  @Test
  void ofAnOldFolderAllThatIsNotOutdatedStays() throws IOException {
    Path old = Files.createDirectory(folder.resolve("model"));
    Files.writeString(Files.createDirectory(old.resolve("part")).resolve("a.txt"), "old");
    Files.writeString(old.resolve("outdated.txt"), "old");
    Files.writeString(Files.createDirectory(old.resolve("notes")).resolve("mine.txt"), "mine");
    Files.createSymbolicLink(old.resolve("link"), Path.of("nowhere"));

    try (PendingFolder pending = filled(old)) {
      pending.replaceTarget(name -> name.toString().equals("outdated.txt"));
    }

    assertThat(old.resolve("part/a.txt")).hasContent("new");
    assertThat(old.resolve("outdated.txt")).doesNotExist();
    assertThat(old.resolve("notes/mine.txt")).hasContent("mine");
    assertThat(old.resolve("link")).isSymbolicLink();
    assertThat(names()).containsExactly("model");
  }

  @Test
  void theFolderThatTheCommandRunsInIsNotPulledFromUnderIt() {
    assertThatThrownBy(() -> PendingFolder.beside(Path.of(""))).hasMessageContaining("the command runs in");
  }
}
