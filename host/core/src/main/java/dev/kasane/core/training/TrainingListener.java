package dev.kasane.core.training;

/** Watches a run: progress bar, plots, checkpoints and sample pictures are listeners. */
public interface TrainingListener {
  /**
   * A step is done.
   *
   * @param step what happened
   */
  default void onStep(StepReport step) {}

  /**
   * Something happened that the user should know, such as a damaged checkpoint that was passed over.
   *
   * @param line one sentence or two
   */
  default void onNote(String line) {}

  /**
   * One optimiser step.
   *
   * @param number steps done so far, from 1
   * @param loss mean loss of the step's batches
   * @param learningRate the rate that was used
   * @param gradientNorm total norm before clipping
   */
  record StepReport(long number, double loss, double learningRate, double gradientNorm) {}
}
