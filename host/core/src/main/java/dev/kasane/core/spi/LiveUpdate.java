package dev.kasane.core.spi;

import ai.djl.ndarray.NDArray;

/** What a layer that runs adds to its output: all that it knows of its adapters. */
@FunctionalInterface
public interface LiveUpdate {
  /**
   * Adds the update to the layer's output, in place.
   *
   * @param y the layer's output so far; nothing else may hold it
   * @param x the layer's input
   * @param multiplier the user's strength, 1 for as trained
   * @param phase training adds dropout; inference does not
   * @return {@code y}, changed
   */
  NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase);

  /** Whether an adapter runs for training, with its dropouts, or not. */
  enum Phase {
    /** Dropouts are active. */
    TRAINING,
    /** Dropouts do nothing. */
    INFERENCE
  }
}
