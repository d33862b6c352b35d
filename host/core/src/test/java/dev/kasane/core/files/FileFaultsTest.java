package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileFaultsTest {
  static Stream<Arguments> reasons() {
    return Stream.of(
        Arguments.of(new IOException("No space left on device"), "the disk is full"),
        Arguments.of(new FileSystemException("a", null, "Disk quota exceeded"), "the disk is full"),
        Arguments.of(new IOException("I/O error writing PNG file!", new IOException("No space left on device")),
            "the disk is full"),
        Arguments.of(new FileSystemException("No space left on device", null, "Read-only file system"),
            "Read-only file system"),
        Arguments.of(new AccessDeniedException("a"), "permission denied"),
        Arguments.of(new NoSuchFileException("a"), "a does not exist"),
        Arguments.of(new FileAlreadyExistsException("a"), "a exists already"),
        Arguments.of(new ClosedChannelException(), "it has been closed"),
        Arguments.of(new IOException("File too large"), "File too large"),
        Arguments.of(new IOException(), "IOException"));
  }

  @ParameterizedTest
  @MethodSource("reasons")
  void sayWhy(IOException failure, String reason) {
    assertThat(FileFaults.reason(failure)).isEqualTo(reason);
  }

  @Test
  void messagesNameFilesAsTheyWillBe() {
    Path pending = PendingName.fresh(Path.of("models/new"));
    assertThat(FileFaults.withFinalNames(pending.resolve("unet/.w.safetensors.tmp") + " and " + pending + ": full"))
        .isEqualTo("models/new/unet/.w.safetensors.tmp and models/new: full");
  }
}
