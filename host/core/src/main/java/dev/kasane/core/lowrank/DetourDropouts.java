package dev.kasane.core.lowrank;

import static dev.kasane.core.lowrank.LowRankOps.LOW_RANK;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;

/**
 * What an adapter that takes the detour through the rank leaves out while it is trained. Every draw comes from
 * libtorch's default generators, so that a seed repeats it.
 *
 * @param input probability for an element of x, before A
 * @param hidden probability for an element of A·x
 * @param rank probability for a rank of a sample
 * @param module probability for the whole adapter in one forward pass
 */
public record DetourDropouts(double input, double hidden, double rank, double module) {
  public static final DetourDropouts NONE = new DetourDropouts(0, 0, 0, 0);

  /** Whether the whole adapter is left out of this pass. */
  public boolean skipsModule() {
    return module > 0 && LOW_RANK.chance() < module;
  }

  /** x with what is left out of it. */
  public NDArray onInput(NDArray x) {
    return input > 0 ? OPS.dropout(x, input) : x;
  }

  /** A·x with what is left out of it; the rank lies on {@code rankAxis}. */
  public NDArray onHidden(NDArray product, int rankAxis) {
    NDArray kept = hidden > 0 ? OPS.dropout(product, hidden) : product;
    return rank > 0 ? LOW_RANK.dropRanks(kept, rank, rankAxis) : kept;
  }
}
