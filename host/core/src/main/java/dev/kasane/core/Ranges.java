package dev.kasane.core;

/** Says that a value is out of its range, always in the same words. */
public final class Ranges {
  private Ranges() {}

  /**
   * @param holds whether the value is in its range
   * @param thing what it is the value of, in guillemets as {@link UserException} has it
   * @param value what was given
   * @param expected the range in words
   * @throws UserException when it is not
   */
  public static void require(boolean holds, String thing, Object value, String expected) {
    if (!holds) {
      throw new UserException("Option " + thing + " is " + value + ", expected " + expected + ".");
    }
  }
}
