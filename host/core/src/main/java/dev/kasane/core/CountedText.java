package dev.kasane.core;

/**
 * A text that a regular expression may look at only so often. Patterns come from files of unknown origin, and
 * some look without end.
 */
final class CountedText implements CharSequence {
  private static final int LOOKS = 200_000;

  /** Thrown when a pattern needs too long. */
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exhausted() {
      super("takes too long to match", null, false, false);
    }
  }

  private final String text;
  private final int[] left;

  CountedText(String text) {
    this(text, new int[] {LOOKS});
  }

  private CountedText(String text, int[] left) {
    this.text = text;
    this.left = left;
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    if (--left[0] < 0) {
      throw new Exhausted();
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new CountedText(text.substring(start, end), left);
  }

  @Override
  public String toString() {
    return text;
  }
}
