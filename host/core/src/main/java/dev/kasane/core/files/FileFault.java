package dev.kasane.core.files;

import dev.kasane.core.UserException;
import java.nio.file.Path;

/**
 * A file that cannot be read or written. Whoever finds the fault throws it, and it is thrown on as it is: the message
 * names the file, the place in it, what was found and a way out.
 */
public final class FileFault extends UserException {
  private static final long serialVersionUID = 1L;

  /** A fault of {@code file}. */
  public FileFault(Path file, String fault) {
    this(file, fault, null);
  }

  /** A fault of {@code file} with the failure that showed it. */
  public FileFault(Path file, String fault, Throwable cause) {
    super(file + ": " + fault, cause);
  }

  /** What a file system refused: {@code refused}, such as "cannot be read", and why. */
  public static FileFault of(Path file, String refused, Exception failure) {
    return new FileFault(file, refused + ": " + FileFaults.reason(failure), failure);
  }
}
