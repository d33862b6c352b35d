package dev.kasane.text.jinja.value;

/** A template cannot be parsed, or does not run to its end; the message has no file name. */
public final class JinjaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong
   */
  public JinjaException(String message) {
    super(message);
  }

  public JinjaException(String message, int line) {
    super(message + " (line " + line + ")");
  }
}
