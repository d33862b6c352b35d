package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
  @TempDir
  private Path folder;

  private static void refuses(Path file, String reason) {
    List<ThrowingCallable> openings = List.of(() -> InputFile.require(file), () -> InputFile.stream(file),
        () -> InputFile.channel(file), () -> InputFile.text(file), () -> InputFile.allBytes(file),
        () -> InputFile.bytes(file, 100));
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> openings.forEach(opening ->
        assertThatThrownBy(opening).isInstanceOf(IOException.class).hasMessageContainingAll(file.toString(), reason)));
  }

  @Test
  void opensFilesWithALength() throws IOException {
    Path file = Files.writeString(folder.resolve("x.txt"), "héllo");
    assertThat(InputFile.text(file)).isEqualTo("héllo");
    assertThat(InputFile.bytes(file, 3)).containsExactly('h', 0xc3, 0xa9);
    assertThat(InputFile.unreadable(file)).isEmpty();
  }

  @Test
  void aNamedPipeIsNamedAndNotWaitedFor() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe");
    try {
      assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS));
    } catch (IOException noSuchProgram) {
      assumeTrue(false, "this system makes no named pipes");
    }
    assumeTrue(Files.exists(pipe));
    refuses(pipe, "it is a pipe or a device");
  }

  @Test
  void aDeviceWithoutEndIsNotRead() {
    Path zero = Path.of("/dev/zero");
    assumeTrue(Files.exists(zero), "this system has no /dev/zero");
    refuses(zero, "it is a pipe or a device");
  }

  @Test
  void foldersAndNothingAreNamed() {
    refuses(folder, "it is a folder");
    assertThatThrownBy(() -> InputFile.require(folder.resolve("no"))).isInstanceOf(NoSuchFileException.class);
  }
}
