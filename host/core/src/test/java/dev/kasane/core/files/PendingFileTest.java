package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingFileTest {
  @TempDir
  private Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theOldContentStaysUntilTheNewIsComplete() throws IOException {
    Path target = Files.writeString(folder.resolve("a.txt"), "old");
    try (PendingFile pending = PendingFile.beside(target); OutputStream out = pending.stream()) {
      out.write("new".getBytes());
      assertThat(target).hasContent("old");
      assertThat(PendingName.parse(names().get(0))).get()
          .isEqualTo(new PendingName("a.txt", Maker.self(), false));
      pending.replaceTarget();
    }
    assertThat(target).hasContent("new");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void closedBeforeItIsCompleteItLeavesNothing() throws IOException {
    try (PendingFile pending = PendingFile.beside(folder.resolve("a.txt")); OutputStream out = pending.stream()) {
      out.write(1);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aLinkInItsPlaceIsFollowed() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path target = Files.writeString(other.resolve("a.txt"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);

    PendingFile.replace(link, "new");

    assertThat(link).isSymbolicLink().hasContent("new");
    assertThat(names()).containsExactly("link", "other");
  }

  @Test
  void everybodyMayReadItAsAnyOtherNewFile() throws IOException {
    assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");
    Path plain = Files.writeString(folder.resolve("plain"), "");
    PendingFile.replace(folder.resolve("a.txt"), "new");
    assertThat(Files.getPosixFilePermissions(folder.resolve("a.txt")))
        .isEqualTo(Files.getPosixFilePermissions(plain));
  }

  @Test
  void aProtectedFileStays() throws IOException {
    Path target = Files.writeString(folder.resolve("a.txt"), "precious");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--r--r--"));
    assumeThat(Files.isWritable(target)).as("the superuser may write everything").isFalse();
    assertThatThrownBy(() -> PendingFile.replace(target, "new")).isInstanceOf(IOException.class);
    assertThat(target).hasContent("precious");
  }

  @Test
  void whatIsNoOrdinaryFileIsNotReplaced() throws IOException {
    assertThatThrownBy(() -> PendingFile.replace(folder, "new")).hasMessageContaining("it is a folder");
    Path device = Path.of("/dev/null");
    assumeThat(device).exists();
    assertThatThrownBy(() -> PendingFile.replace(device, "new")).hasMessageContaining("it is a device");
    assertThat(Files.isRegularFile(device)).isFalse();
  }

  @Test
  void namesOfAnyLengthFit() throws IOException {
    for (String letter : List.of("x", "ä", "漢", "😀")) {
      String name = letter.repeat(255 / letter.getBytes().length);
      PendingFile.replace(folder.resolve(name), "new");
      assertThat(folder.resolve(name)).hasContent("new");
    }
  }

  @Test
  void aFolderThatIsMissingIsNamed() {
    assertThatThrownBy(() -> PendingFile.replace(folder.resolve("none/a.txt"), "new"))
        .hasMessageContaining("there is no folder " + folder.resolve("none"));
  }
}
