package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
  private static String report(Throwable failure, boolean debug) {
    StringWriter text = new StringWriter();
    new Failures(debug).report(failure, new PrintWriter(text));
    return text.toString();
  }

  static Stream<Arguments> messages() {
    return Stream.of(
        Arguments.of(new UserException("x.png: no picture"), "kasane: x.png: no picture"),
        Arguments.of(new NoSuchFileException("a/b"), "kasane: a/b: no such file or folder"),
        Arguments.of(new AccessDeniedException("a/b"), "kasane: a/b: permission denied"),
        Arguments.of(new FileSystemException("a/b", null, "No space left on device"),
            "kasane: a/b: the disk is full; free some space and run again"),
        Arguments.of(new FileFault(Path.of("x.safetensors"), "could not be written: the disk is full",
            new IOException("No space left on device")),
            "kasane: x.safetensors: could not be written: the disk is full; free some space and run again"),
        Arguments.of(new IOException("No space left on device"),
            "kasane: the disk is full; free some space and run again"),
        Arguments.of(new FileSystemException("a/b", null, "Is a directory"), "kasane: a/b: Is a directory"),
        Arguments.of(new UncheckedIOException(new NoSuchFileException("a")),
            "kasane: a: no such file or folder"),
        Arguments.of(new ExecutionException(new UserException("deep")), "kasane: deep"),
        Arguments.of(new StackOverflowError(), "kasane: something in the input is nested deeper than this program can"
            + " follow; --debug shows where."),
        Arguments.of(new EngineException("x", new UnsatisfiedLinkError("libc10_cuda.so: cannot open\nmore")),
            "kasane: a native library cannot be loaded: libc10_cuda.so: cannot open. It is damaged, made for another"
                + " system, or lacks a library that it needs; 'kasane doctor' tells what is there."),
        Arguments.of(new IOException("odd end"), "kasane: odd end"));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void saysItInOneLine(Throwable failure, String expected) {
    assertThat(report(failure, false)).isEqualTo(expected + System.lineSeparator());
  }

  @Test
  void saysWhatToDoWhenMemoryIsFull() {
    assertThat(report(new OutOfMemoryError("Java heap space"), false)).contains("out of memory", "-Xmx8g");
    assertThat(report(new EngineException("DefaultCPUAllocator: can't allocate memory: 9 bytes"), false))
        .contains("out of memory", "smaller batch");
    assertThat(report(new EngineException("CUDA error: unspecified launch failure\nmore"), false))
        .contains("the GPU stopped working: CUDA error: unspecified launch failure.", "kasane doctor");
  }

  @Test
  void listsDetailsBelow() {
    assertThat(report(new UserException("two things", List.of("  one", "  two"), null), false).lines())
        .containsExactly("kasane: two things", "  one", "  two");
    assertThat(report(new UserException("two", List.of("  one"), null).behind("x: "), false).lines())
        .containsExactly("kasane: x: two", "  one");
  }

  @Test
  void ownsUpToFaults() {
    assertThat(report(new IllegalStateException("no scope"), false))
        .contains("internal error", "IllegalStateException: no scope", "--debug").doesNotContain("\tat ");
  }

  @Test
  void showsTheTraceWhenAsked() {
    assertThat(report(new UserException("deep"), true)).startsWith("kasane: deep").contains("\tat ");
  }
}
