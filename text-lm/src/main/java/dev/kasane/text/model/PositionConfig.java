package dev.kasane.text.model;

/** How a decoder tells positions apart. */
public sealed interface PositionConfig {
  /** The longest text that the model was trained on, in tokens. */
  int trained();

  /** The longest text that the model is meant to read, in tokens. */
  default long reach() {
    return trained();
  }

  /**
   * Queries and keys are turned by an angle that grows with the position (Su et al. 2021, "RoFormer").
   *
   * @param width how many dimensions of a head are turned, even
   * @param base the base of the angles' geometric series
   * @param scaling how the angles change so that longer texts fit
   * @param trained the longest text that the model was trained on
   */
  record Rotary(int width, double base, RotaryScaling scaling, int trained) implements PositionConfig {
    @Override
    public long reach() {
      return scaling.reach(trained);
    }
  }

  /**
   * A table of vectors that are added to the tokens'. Longer texts than the table has rows are impossible.
   *
   * @param trained how many positions the table knows
   * @param offset the row of position 0
   */
  record Learned(int trained, int offset) implements PositionConfig {}
}
