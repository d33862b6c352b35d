package dev.kasane.app.cli.options;

import dev.kasane.core.UserException;

/** Says that a number is out of its range, always in the same words. */
public final class Ranges {
  private Ranges() {}

  /**
   * @param holds whether the number is in its range
   * @param option the option's name with its dashes
   * @param value what was given
   * @param expected the range in words
   * @throws UserException when it is not
   */
  public static void require(boolean holds, String option, Number value, String expected) {
    if (!holds) {
      throw new UserException("Option " + option + " is " + value + ", expected " + expected + ".");
    }
  }
}
