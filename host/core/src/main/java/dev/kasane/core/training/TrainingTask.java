package dev.kasane.core.training;

import java.util.Locale;

/**
 * What a run learns: the part of it that a model family knows.
 *
 * @param <B> a batch
 */
public interface TrainingTask<B> {
  /** What is minimised. */
  Objective<B> objective();

  /** What is learnt from. */
  BatchSource<B> batches();

  /** What the learning rate is multiplied by for the parameter with a name. */
  default double rateFactor(String parameter) {
    return 1;
  }

  /** Whether something was held back to measure the loss on. */
  boolean holdsBack();

  /** The mean loss on what was held back, without gradients. */
  double heldOutLoss();

  /** Says in a few words what a loss on what was held back means. */
  default String describe(double heldOutLoss) {
    return String.format(Locale.ROOT, "held-out loss %.4f", heldOutLoss);
  }
}
