package dev.kasane.plugin.lycoris;

import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * B·A as LoRA and LoCon have it (Hu et al. 2021), under kohya's names.
 *
 * @param up B: (out, rank), for a convolution (out, rank, 1, 1)
 * @param down A: (rank, in), for a convolution (rank, in, k, k), in Tucker form (rank, in, 1, 1)
 * @param mid the Tucker core (rank, rank, k, k), or null
 */
record LowRank(NDArray up, NDArray down, NDArray mid) implements Product {
  static final String UP = "lora_up.weight";
  static final String DOWN = "lora_down.weight";
  static final String MID = "lora_mid.weight";

  /** Fresh factors, whose product is zero. */
  static LowRank fresh(TargetLayer layer, int rank, boolean tucker, Starts starts) {
    boolean core = tucker && layer.kernel() > 1;
    NDArray down = starts.kaimingUniform(Shapes.mixing(layer, rank, layer.inputs(), core ? 1 : layer.kernel()));
    NDArray mid = core ? starts.kaimingUniform(rank, rank, layer.kernel(), layer.kernel()) : null;
    return new LowRank(starts.zeros(Shapes.mixing(layer, layer.outputs(), rank, 1)), down, mid);
  }

  static LowRank restored(TargetLayer layer, SavedTensors saved) {
    long rank = saved.size(DOWN, 0);
    boolean core = saved.has(MID);
    Shapes.requireKernel(layer, core, MID);
    NDArray up = saved.take(UP, Shapes.mixing(layer, layer.outputs(), rank, 1));
    NDArray down = saved.take(DOWN, Shapes.mixing(layer, rank, layer.inputs(), core ? 1 : layer.kernel()));
    return new LowRank(up, down, core ? saved.take(MID, rank, rank, layer.kernel(), layer.kernel()) : null);
  }

  @Override
  public NDArray delta(NDManager scope, Shape shape, double factor) {
    return mid == null
        ? LYCORIS.lowRank(scope, up, down, shape, factor)
        : LYCORIS.lowRankTucker(scope, up, mid, down, factor);
  }

  @Override
  public Map<String, NDArray> named() {
    Map<String, NDArray> named = new LinkedHashMap<>();
    named.put(UP, up);
    named.put(DOWN, down);
    if (mid != null) {
      named.put(MID, mid);
    }
    return named;
  }
}
