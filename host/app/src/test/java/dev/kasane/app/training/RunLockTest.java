package dev.kasane.app.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  @TempDir
  private Path folder;

  @Test
  void aSecondRunIsKeptOutUntilTheFirstHasEnded() {
    try (RunLock first = RunLock.take(folder)) {
      assertThatThrownBy(() -> RunLock.take(folder)).isInstanceOf(UserException.class)
          .hasMessageContaining("Another run is at work in " + folder).hasMessageContaining("«output»");
    }
    RunLock.take(folder).close();
  }

  @Test
  void anotherProcessIsKeptOutToo() throws Exception {
    try (RunLock held = RunLock.take(folder)) {
      assertThat(triesInAnotherProcess()).isEqualTo(1);
    }
    assertThat(triesInAnotherProcess()).isZero();
  }

  private int triesInAnotherProcess() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
        System.getProperty("java.class.path"), Other.class.getName(), folder.resolve(RunLock.NAME).toString())
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** A process that ends with 0 if it gets the lock and with 1 if it does not. */
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) {
      try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        Runtime.getRuntime().halt(lock == null ? 1 : 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
