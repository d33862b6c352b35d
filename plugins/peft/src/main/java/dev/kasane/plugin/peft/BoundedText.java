package dev.kasane.plugin.peft;

/**
 * A text that a regular expression may look at only so often. Patterns come from files of unknown origin, and
 * some take longer than the universe lasts.
 */
final class BoundedText implements CharSequence {
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

  BoundedText(String text) {
    this(text, new int[] {LOOKS});
  }

  private BoundedText(String text, int[] left) {
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
    return new BoundedText(text.substring(start, end), left);
  }

  @Override
  public String toString() {
    return text;
  }
}
