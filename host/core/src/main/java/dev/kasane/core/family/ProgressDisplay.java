package dev.kasane.core.family;

/** Shows how far something long has come. */
@FunctionalInterface
public interface ProgressDisplay {
  /**
   * Begins.
   *
   * @param task what is done, such as {@code Encoding}
   * @param unit what is counted, such as {@code pictures}
   * @param total how many there are
   */
  Bar start(String task, String unit, long total);

  /** What is shown until it is closed. */
  interface Bar extends AutoCloseable {
    /** Sets the count. */
    void stepTo(long done);

    @Override
    void close();
  }
}
