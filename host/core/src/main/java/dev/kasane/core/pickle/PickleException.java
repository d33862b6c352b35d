package dev.kasane.core.pickle;

import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint that cannot or must not be read; the message names the file, the fault and a way out. */
public final class PickleException extends IOException {
  /** A fault of {@code file}. */
  public PickleException(Path file, String fault) {
    super(file + ": " + fault);
  }

  /** A fault of {@code file} with the failure behind it. */
  public PickleException(Path file, String fault, Throwable cause) {
    super(file + ": " + fault, cause);
  }
}
