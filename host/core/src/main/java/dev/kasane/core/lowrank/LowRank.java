package dev.kasane.core.lowrank;

import static dev.kasane.core.lowrank.LowRankOps.LOW_RANK;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The factors of a layer's update B·A as LoRA and LoCon have it (Hu et al. 2021, "LoRA", equation 3), float32.
 *
 * @param down A: (rank, in), for a convolution (rank, in, k, k), in Tucker form (rank, in, 1, 1)
 * @param mid the Tucker core (rank, rank, k, k), or null
 * @param up B: (out, rank), for a convolution (out, rank, 1, 1)
 */
public record LowRank(NDArray down, NDArray mid, NDArray up) implements FactoredUpdate {
  /** Fresh factors, whose product is zero; in Tucker form where that is wanted and the layer has a kernel. */
  public static LowRank fresh(TargetLayer layer, int rank, boolean tucker, FreshTensors fresh) {
    boolean core = tucker && layer.kernel() > 1;
    NDArray down = fresh.kaimingUniform(LayerShapes.mixing(layer, rank, layer.inputs(), core ? 1 : layer.kernel()));
    NDArray mid = core ? fresh.kaimingUniform(rank, rank, layer.kernel(), layer.kernel()) : null;
    return new LowRank(down, mid, fresh.zeros(LayerShapes.mixing(layer, layer.outputs(), rank, 1)));
  }

  /**
   * The factors of a file under their usual names.
   *
   * @throws dev.kasane.core.UserException when one is missing or fits neither the other nor the layer
   */
  public static LowRank restored(SavedTensors saved) {
    return restored(saved, LoraNames.DOWN, LoraNames.MID, LoraNames.UP);
  }

  /** As {@link #restored(SavedTensors)}, for a method that has names of its own. */
  public static LowRank restored(SavedTensors saved, String downName, String midName, String upName) {
    TargetLayer layer = saved.layer();
    long rank = saved.size(downName, 0);
    boolean core = saved.has(midName);
    LayerShapes.requireKernel(layer, core, midName);
    NDArray down = saved.take(downName, LayerShapes.mixing(layer, rank, layer.inputs(), core ? 1 : layer.kernel()));
    NDArray mid = core ? saved.take(midName, rank, rank, layer.kernel(), layer.kernel()) : null;
    return new LowRank(down, mid, saved.take(upName, LayerShapes.mixing(layer, layer.outputs(), rank, 1)));
  }

  /** Width of the detour. */
  public long rank() {
    return down.getShape().get(0);
  }

  /** The factors of this product less another, of both ranks in sum: A over A₀ and B beside −B₀. */
  public LowRank less(LowRank taken) {
    return new LowRank(down.concat(taken.down, 0), null, up.concat(taken.up.neg(), 1));
  }

  @Override
  public NDArray delta(NDManager scope, Shape shape, double factor) {
    return mid == null ? LOW_RANK.delta(scope, down, up, shape, factor)
        : LOW_RANK.deltaTucker(scope, down, mid, up, factor);
  }

  /** ‖B·A‖, without the product: two matrices of the rank's size instead of the layer's. Nothing in Tucker form. */
  public OptionalDouble norm() {
    return mid == null ? OptionalDouble.of(LOW_RANK.productNorm(down, up)) : OptionalDouble.empty();
  }

  @Override
  public Map<String, NDArray> named() {
    Map<String, NDArray> named = new LinkedHashMap<>();
    named.put(LoraNames.DOWN, down);
    if (mid != null) {
      named.put(LoraNames.MID, mid);
    }
    named.put(LoraNames.UP, up);
    return named;
  }
}
