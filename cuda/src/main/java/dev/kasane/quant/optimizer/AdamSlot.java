package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;

/**
 * A parameter with its moments.
 *
 * @param rateFactor what the learning rate is multiplied by
 */
public record AdamSlot(NDArray parameter, double rateFactor, Moments first, Moments second) {
  /** How many numbers the parameter has, at most 2^29. */
  public int count() {
    return (int) parameter.getShape().size();
  }

  /** Whether the moments are in 8 bits; otherwise they are float32. */
  public boolean isEightBit() {
    return first.scales().isPresent();
  }
}
