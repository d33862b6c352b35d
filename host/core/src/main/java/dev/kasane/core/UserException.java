package dev.kasane.core;

/**
 * A failure that the user can mend: a file, an option or a picture is not as it has to be.
 *
 * <p>The message is shown as it stands, without a stack trace. It names the file or option, what was
 * found, what was expected and what to do.
 */
public final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what went wrong and what to do about it
   */
  public UserException(String message) {
    super(message);
  }

  /**
   * @param message what went wrong and what to do about it
   * @param cause the failure underneath, for the log
   */
  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
