package dev.kasane.plugin.lycoris;

import static dev.kasane.core.lowrank.LowRankOps.LOW_RANK;
import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.FactoredUpdate;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The elementwise product of two low-rank products: LoHa, after FedPara (Hyeon-Woo et al. 2021).
 *
 * @param first (w1_a·w1_b)
 * @param second (w2_a·w2_b)
 */
record Hadamard(Half first, Half second) implements FactoredUpdate {
  static final String MARK = "hada_w1_a";

  /**
   * One of the two products.
   *
   * @param a (out, rank), in Tucker form (rank, out)
   * @param b (rank, in·k·k), in Tucker form (rank, in)
   * @param core the Tucker core (rank, rank, k, k), or null
   */
  record Half(NDArray a, NDArray b, NDArray core) {}

  /** Fresh factors, whose product is zero. */
  static Hadamard fresh(TargetLayer layer, int rank, boolean tucker, FreshTensors fresh) {
    return new Hadamard(half(layer, rank, tucker, 0.1, fresh), half(layer, rank, tucker, 0, fresh));
  }

  private static Half half(TargetLayer layer, int rank, boolean tucker, double deviation, FreshTensors fresh) {
    boolean core = tucker && layer.kernel() > 1;
    long[] shape = core ? new long[] {rank, layer.outputs()} : new long[] {layer.outputs(), rank};
    NDArray a = deviation == 0 ? fresh.zeros(shape) : fresh.normal(deviation, shape);
    NDArray b = fresh.normal(1, rank, core ? layer.inputs() : layer.inputs() * LayerShapes.kernelSize(layer));
    return new Half(a, b, core ? fresh.normal(0.1, rank, rank, layer.kernel(), layer.kernel()) : null);
  }

  static Hadamard restored(TargetLayer layer, SavedTensors saved) {
    long rank = rank(saved);
    boolean core = saved.has("hada_t1") || saved.has("hada_t2");
    LayerShapes.requireKernel(layer, core, "hada_t1");
    return new Hadamard(half(layer, 1, rank, core, saved), half(layer, 2, rank, core, saved));
  }

  static long rank(SavedTensors saved) {
    return saved.size("hada_w1_b", 0);
  }

  private static Half half(TargetLayer layer, int number, long rank, boolean core, SavedTensors saved) {
    String name = "hada_w" + number;
    if (core) {
      return new Half(saved.take(name + "_a", rank, layer.outputs()), saved.take(name + "_b", rank, layer.inputs()),
          saved.take("hada_t" + number, rank, rank, layer.kernel(), layer.kernel()));
    }
    NDArray b = saved.takeColumns(
        name + "_b", rank, layer.inputs() * LayerShapes.kernelSize(layer));
    return new Half(saved.take(name + "_a", layer.outputs(), rank), b, null);
  }

  @Override
  public NDArray delta(NDManager scope, Shape shape, double factor) {
    if (first.core == null) {
      return LYCORIS.hadamard(scope, first.a, first.b, second.a, second.b, shape, factor);
    }
    try (NDManager own = scope.newSubManager()) {
      return LYCORIS.elementwise(scope, LOW_RANK.tucker(own, first.core, first.a, first.b),
          LOW_RANK.tucker(own, second.core, second.a, second.b), factor);
    }
  }

  @Override
  public Map<String, NDArray> named() {
    Map<String, NDArray> named = new LinkedHashMap<>();
    named.put(MARK, first.a);
    named.put("hada_w1_b", first.b);
    named.put("hada_w2_a", second.a);
    named.put("hada_w2_b", second.b);
    if (first.core != null) {
      named.put("hada_t1", first.core);
      named.put("hada_t2", second.core);
    }
    return named;
  }
}
