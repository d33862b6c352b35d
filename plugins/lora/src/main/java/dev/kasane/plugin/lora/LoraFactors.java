package dev.kasane.plugin.lora;

import static dev.kasane.plugin.lora.LoraOps.LORA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The factors of one layer's update, float32.
 *
 * @param down A: (rank, in), for a convolution (rank, in, k, k), in Tucker form (rank, in, 1, 1)
 * @param mid the Tucker core (rank, rank, k, k), or null
 * @param up B: (out, rank), for a convolution (out, rank, 1, 1)
 */
record LoraFactors(NDArray down, NDArray mid, NDArray up) {
  static final String DOWN = "lora_down.weight";
  static final String MID = "lora_mid.weight";
  static final String UP = "lora_up.weight";

  long rank() {
    return down.getShape().get(0);
  }

  /** The factors of this product less another, of both ranks in sum: A over A₀ and B beside −B₀. */
  LoraFactors beside(LoraFactors taken) {
    return new LoraFactors(down.concat(taken.down, 0), null, up.concat(taken.up.neg(), 1));
  }

  /** factor · ΔW in the layer's own layout. */
  NDArray product(NDManager scope, double factor) {
    return mid == null
        ? LORA.delta(scope, down, up, factor)
        : LORA.deltaTucker(scope, down, mid, up, factor);
  }

  /** The factors under the names that kohya's scripts gave them. */
  Map<String, NDArray> named() {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    tensors.put(DOWN, down);
    if (mid != null) {
      tensors.put(MID, mid);
    }
    tensors.put(UP, up);
    return tensors;
  }
}
