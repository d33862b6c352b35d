package dev.kasane.core.lowrank;

import static dev.kasane.core.lowrank.LowRankOps.LOW_RANK;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * What an adapter that builds ΔW leaves out while it is trained. Every draw comes from libtorch's default generators,
 * so that a seed repeats it.
 *
 * @param output probability for an element of what the adapter adds to the layer's output
 * @param row probability for a whole row of ΔW, an output feature or channel
 * @param rowScaled whether the rows that stay are divided by their share
 * @param module probability for the whole adapter in one forward pass
 */
public record DeltaDropouts(double output, double row, boolean rowScaled, double module) {
  public static final DeltaDropouts NONE = new DeltaDropouts(0, 0, false, 0);

  /** Whether the whole adapter is left out of this pass. */
  public boolean skipsModule() {
    return module > 0 && LOW_RANK.chance() < module;
  }

  /** ΔW with the rows left out. */
  public NDArray onRows(NDManager scope, NDArray delta) {
    return row > 0 ? LOW_RANK.dropRows(scope, delta, row, rowScaled) : delta;
  }

  /** What is added to the output, with what is left out of it. */
  public NDArray onOutput(NDArray update) {
    return output > 0 ? OPS.dropout(update, output) : update;
  }
}
