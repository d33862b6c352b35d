package dev.kasane.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

  /** Writes something whose output fails and returns the process's exit code. */
  private int codeAfter(String failure, int code) {
    StandardOutput output = new StandardOutput(new OutputStream() {
      @Override
      public void write(int single) throws IOException {
        throw new IOException(failure);
      }
    });
    PrintStream results = new PrintStream(output);
    results.print("result");
    return output.finish(code, results, new PrintStream(messages));
  }

  @Test
  void aResultThatWasCutOffIsAFailure() {
    assertThat(codeAfter("No space left on device", 0)).isEqualTo(1);
    assertThat(messages.toString()).hasLineCount(1).contains("standard output", "the disk is full", "free some space");
    assertThat(codeAfter("Input/output error", 2)).isEqualTo(2);
  }

  @Test
  void aReaderThatIsGoneIsNone() {
    assertThat(codeAfter("Broken pipe", 0)).isZero();
    assertThat(messages.size()).isZero();
  }

  @Test
  void whatCouldBeWrittenIsFine() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    StandardOutput output = new StandardOutput(written);
    PrintStream results = new PrintStream(output);
    results.print("result");
    assertThat(output.finish(1, results, new PrintStream(messages))).isEqualTo(1);
    assertThat(written).hasToString("result");
    assertThat(messages.size()).isZero();
  }
}
