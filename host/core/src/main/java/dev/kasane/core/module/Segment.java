package dev.kasane.core.module;

import ai.djl.ndarray.NDList;

/**
 * A piece of a model that can be run again by itself: a transformer block, a U-Net block.
 *
 * <p>A model is a chain of segments over a state, a list of tensors. A segment may pass entries of the
 * state through untouched (the very same object), replace them, add some or take some away: so a U-Net's
 * skip connections travel in the state. Training can then keep only the states between segments.
 */
@FunctionalInterface
public interface Segment {
  /**
   * @param state what the segment before left
   * @return what the next segment gets
   */
  NDList forward(NDList state);
}
