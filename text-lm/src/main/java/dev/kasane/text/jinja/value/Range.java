package dev.kasane.text.jinja.value;

import java.util.AbstractList;

/** Python's range, of at most {@link #MOST} numbers. */
public final class Range extends AbstractList<Object> {
  /** The sandbox's own bound. */
  static final int MOST = 100_000;

  private final long start;
  private final long stop;
  private final long step;
  private final int size;

  public Range(long start, long stop, long step) {
    if (step == 0) {
      throw new JinjaException("range() arg 3 must not be zero");
    }
    this.start = start;
    this.stop = stop;
    this.step = step;
    double count = Math.ceil(((double) stop - start) / step);
    if (count > MOST) {
      throw new JinjaException("Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + MOST + ").");
    }
    size = (int) Math.max(0, count);
  }

  /** The numbers between two places, or every so-manieth of them. */
  Range slice(long from, long to, long stride) {
    return new Range(start + from * step, start + to * step, step * stride);
  }

  @Override
  public Object get(int index) {
    return start + index * step;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public String toString() {
    return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
  }
}
