package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Makes a run's optimiser once its parameters are known. */
@FunctionalInterface
public interface OptimizerFactory {
  /**
   * Makes it, with zero states.
   *
   * @param parameters what to train, float32, by name
   * @param rateFactor what the learning rate is multiplied by, by the parameter's name
   * @param owner owner of the states
   * @return an optimiser that the run closes before the owner
   */
  Optimizer make(Map<String, NDArray> parameters, ToDoubleFunction<String> rateFactor, NDManager owner);

  /** The usual one: {@link AdamW} with its states in memory. */
  static OptimizerFactory adamW(AdamW.Settings settings) {
    return (parameters, rateFactor, owner) -> new AdamW(parameters, settings, rateFactor, StateMemory.of(owner));
  }
}
