package dev.kasane.core.algebra;

/** Told how far an operation has come. */
@FunctionalInterface
public interface AlgebraProgress {
  /** Tells nobody. */
  AlgebraProgress SILENT = (count, total) -> { };

  /**
   * Something is done.
   *
   * @param count how many so far
   * @param total of how many
   */
  void done(int count, int total);
}
