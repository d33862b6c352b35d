package dev.kasane.plugin.lycoris.kronecker;

import static dev.kasane.core.lowrank.LowRankOps.LOW_RANK;
import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.FactoredUpdate;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A Kronecker product w1 ⊗ w2: LoKr. Each side is whole or a product of its own; for a convolution the
 * kernel is on the second side.
 *
 * @param first w1, (a, c)
 * @param second w2, (b, d) or (b, d, k, k)
 */
record Kronecker(Side first, Side second) implements FactoredUpdate {
  /**
   * One side of the product.
   *
   * @param name {@code lokr_w1} or {@code lokr_w2}
   * @param whole the side itself, or null
   * @param a otherwise (rows, rank), in Tucker form (rank, rows)
   * @param b and (rank, columns·k·k), in Tucker form (rank, columns)
   * @param core the Tucker core (rank, rank, k, k), or null
   */
  record Side(String name, NDArray whole, NDArray a, NDArray b, NDArray core) {
    static Side whole(String name, NDArray whole) {
      return new Side(name, whole, null, null, null);
    }

    boolean isWhole() {
      return whole != null;
    }

    /** The side as one tensor; its columns still hold the kernel when it is a plain product. */
    NDArray value(NDManager scope) {
      if (isWhole()) {
        return whole;
      }
      return core == null ? LYCORIS.multiply(scope, a, b) : LOW_RANK.tucker(scope, core, a, b);
    }

    private void put(Map<String, NDArray> named) {
      if (isWhole()) {
        named.put(name, whole);
        return;
      }
      named.put(name + "_a", a);
      named.put(name + "_b", b);
      if (core != null) {
        named.put("lokr_t2", core);
      }
    }
  }

  /** Whether no side is a product; then there is no rank and the scale is 1. */
  boolean isWhole() {
    return first.isWhole() && second.isWhole();
  }

  @Override
  public NDArray delta(NDManager scope, Shape shape, double factor) {
    try (NDManager own = scope.newSubManager()) {
      return LYCORIS.kronecker(scope, first.value(own), second.value(own), shape, factor);
    }
  }

  /** factor · (w1 ⊗ w2)·x for the vectors of a linear layer, without the product. */
  NDArray onVectors(NDArray x, double factor) {
    try (NDManager own = x.getManager().newSubManager()) {
      return LYCORIS.kroneckerLinear(x, first.value(own), second.value(own), factor);
    }
  }

  @Override
  public Map<String, NDArray> named() {
    Map<String, NDArray> named = new LinkedHashMap<>();
    first.put(named);
    second.put(named);
    return named;
  }
}
