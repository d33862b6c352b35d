package dev.kasane.core.safetensors;

import java.io.IOException;
import java.nio.file.Path;

/** A safetensors file that cannot be read or written; the message names the file, the fault and a way out. */
public final class SafetensorsException extends IOException {
  /** A fault of {@code file}. */
  public SafetensorsException(Path file, String fault) {
    super(file + ": " + fault);
  }

  /** A fault of {@code file} with the failure behind it. */
  public SafetensorsException(Path file, String fault, Throwable cause) {
    super(file + ": " + fault, cause);
  }
}
