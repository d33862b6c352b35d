package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;

/**
 * A parameter with its moments.
 *
 * @param rateFactor what the learning rate is multiplied by
 */
record AdamSlot(NDArray parameter, double rateFactor, Moments first, Moments second) {
  int count() {
    return (int) parameter.getShape().size();
  }

  /** Whether the moments are in 8 bits; otherwise they are float32. */
  boolean isEightBit() {
    return first.scales().isPresent();
  }
}
