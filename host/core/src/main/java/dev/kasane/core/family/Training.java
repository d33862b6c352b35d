package dev.kasane.core.family;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.TrainingRecord.NumberedLayers;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.core.training.TrainingTask;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a base model is to learn from, read and checked: nothing heavy has begun. The methods are called once each, in
 * the order in which they stand here.
 *
 * @param <B> a batch
 */
public interface Training<B> {
  /** Batches that show everything once. */
  long batchesPerEpoch();

  /**
   * Says what there is to learn from.
   *
   * @param tell shows a line to the user
   * @throws UserException when the user wanted no such data
   */
  void report(Consumer<String> tell);

  /** The base has its weights, no adapters yet. */
  default void loaded(Consumer<String> tell) {}

  /** Fresh adapters are attached. */
  default void attached(AdapterSet adapters, Consumer<String> tell) {}

  /**
   * What the run is made of.
   *
   * @param settings every option that the result depends on, by name
   * @param layers the numbered layers that are trained; nothing for all
   */
  TrainingFacts facts(TrainingPlan plan, Map<String, String> settings, Optional<NumberedLayers> layers);

  /** What is tried out before, while and after. */
  Samples<?> samples();

  /**
   * What is learnt, once it is known that results can be written.
   *
   * @param owner owner of what is kept in memory
   * @param progress shows how far preparing has come
   */
  TrainingTask<B> task(AdapterSet adapters, NDManager owner, ProgressDisplay progress);

  /** Everything is written. */
  default void finished(AdapterSet adapters, NDManager owner, Consumer<String> tell) {}
}
