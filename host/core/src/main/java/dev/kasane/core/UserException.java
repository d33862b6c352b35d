package dev.kasane.core;

import java.util.List;

/**
 * A failure that the user can mend: a file, an option or a picture is not as it has to be.
 *
 * <p>The message is shown on one line and without a stack trace. It names the file or setting, what was found, what was
 * expected and what to do. Where things have to be listed, each is a line of its own below it.
 *
 * <p>What a user can set or do stands in guillemets in this and in every other text for people: {@code «batch size»},
 * {@code «loss on all»}, {@code «mix FILE, method svd, rank R»}. It can be read as it stands; whoever shows it puts in
 * its place what he calls the thing, such as the command line's {@code --batch-size}.
 */
public class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String headline;
  private final List<String> details;

  /**
   * @param message what went wrong and what to do about it
   */
  public UserException(String message) {
    this(message, List.of(), null);
  }

  /**
   * @param message what went wrong and what to do about it
   * @param cause the failure underneath, for the log
   */
  public UserException(String message, Throwable cause) {
    this(message, List.of(), cause);
  }

  /**
   * @param headline what went wrong
   * @param details lines below it
   * @param cause the failure underneath, or null
   */
  public UserException(String headline, List<String> details, Throwable cause) {
    super(details.isEmpty() ? headline : headline + "\n" + String.join("\n", details), cause);
    this.headline = headline;
    this.details = List.copyOf(details);
  }

  /** The same failure, told with something in front. */
  public UserException behind(String prefix) {
    return new UserException(prefix + headline, details, this);
  }

  /** What went wrong, without the lines below. */
  public String headline() {
    return headline;
  }

  /** The lines below. */
  public List<String> details() {
    return details;
  }
}
