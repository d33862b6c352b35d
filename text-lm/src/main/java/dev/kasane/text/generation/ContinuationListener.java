package dev.kasane.text.generation;

/** Told of a text while it grows. */
@FunctionalInterface
public interface ContinuationListener {
  /**
   * More of a continuation is certain.
   *
   * @param row which prompt it continues, from 0
   * @param piece whole characters, never empty; the pieces together are {@link Continuation#text}
   */
  void onText(int row, String piece);

  /** Listens to nothing. */
  static ContinuationListener none() {
    return (row, piece) -> { };
  }
}
