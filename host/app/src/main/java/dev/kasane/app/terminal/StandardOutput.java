package dev.kasane.app.terminal;

import dev.kasane.core.files.FileFaults;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import picocli.CommandLine.ExitCode;

/**
 * Where results go. Java's own standard output swallows every failure, and a result that a full disk has cut off would
 * look like success; this one remembers the first.
 */
public final class StandardOutput extends OutputStream {
  private final OutputStream out;
  private IOException failure;

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  /** Puts itself in the place of the process's standard output, beneath the door. */
  public static StandardOutput install() {
    StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    System.setOut(new PrintStream(new BufferedOutputStream(output)));
    return output;
  }

  @Override
  public void write(int single) throws IOException {
    write(new byte[] {(byte) single}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /** As {@link #finish(int, PrintStream, PrintStream)}, with the process's own streams. */
  public int finish(int code) {
    return finish(code, System.out, System.err);
  }

  /**
   * Writes what is left, and says so when not everything could be written. That a reader has had enough, as
   * {@code head} does, is no failure.
   *
   * @param code the exit code of the command
   * @return the exit code of the process
   */
  int finish(int code, PrintStream results, PrintStream messages) {
    results.flush();
    if (failure == null || isClosedPipe()) {
      return code;
    }
    messages.println("kasane: standard output could not be written: " + FileFaults.reason(failure)
        + ". The result is not complete there; free some space, or send it elsewhere, and run again.");
    return code == ExitCode.OK ? ExitCode.SOFTWARE : code;
  }

  private boolean isClosedPipe() {
    return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }
}
