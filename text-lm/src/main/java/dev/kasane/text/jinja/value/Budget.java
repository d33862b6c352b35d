package dev.kasane.text.jinja.value;

import java.util.function.Supplier;

/** What one run of a template may still use up of steps, depth and text. */
public class Budget {
  /** The longest text that is written or held, in UTF-16 units. */
  public static final int MOST_TEXT = 4 << 20;

  private static final long MOST_STEPS = 8_000_000;
  private static final int MOST_DEPTH = 100;
  /** Units of text that cost as much as one step. */
  public static final int UNITS_A_STEP = 4;

  private long steps;
  private int depth;

  /**
   * Counts work.
   *
   * @throws JinjaException when there was too much
   */
  public void charge(long work) {
    steps += work;
    if (steps > MOST_STEPS || work < 0) {
      throw new JinjaException("the template takes more than " + MOST_STEPS + " steps, which no chat template needs");
    }
  }

  /** Makes a text whose length is known before. */
  public String text(long length, Supplier<String> maker) {
    requireLength(length);
    return maker.get();
  }

  /** Counts a text that was made. */
  public String text(String made) {
    requireLength(made.length());
    return made;
  }

  /**
   * Insists that a text may be as long, and counts it.
   *
   * @throws JinjaException when it may not
   */
  public void requireLength(long length) {
    if (length > MOST_TEXT || length < 0) {
      throw tooLong();
    }
    charge(length / UNITS_A_STEP);
  }

  protected static JinjaException tooLong() {
    return new JinjaException("the template makes a text of more than " + (MOST_TEXT >> 20) + " million characters");
  }

  /** Goes one call deeper. */
  public <T> T deeper(Supplier<T> call) {
    if (++depth > MOST_DEPTH) {
      throw new JinjaException("calls are nested more than " + MOST_DEPTH + " deep");
    }
    try {
      return call.get();
    } finally {
      depth--;
    }
  }
}
