package dev.kasane.core.training;

/**
 * Batches by number. A batch is a function of its number alone, so that a resumed run sees the same data.
 *
 * @param <B> a batch
 */
@FunctionalInterface
public interface BatchSource<B> {
  /** The batch with a number, counted from 0. */
  B batch(long number);
}
