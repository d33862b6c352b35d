package dev.kasane.quant.device;

import ai.djl.ndarray.NDArray;
import dev.kasane.quant.cuda.TensorMemory;
import dev.kasane.quant.optimizer.AdamMove;
import dev.kasane.quant.optimizer.AdamSlot;
import dev.kasane.quant.optimizer.Moments;
import java.util.List;

/**
 * A run of one parameter's blocks and its states, by addresses on the device.
 *
 * @param parameter float32
 * @param gradient float32
 * @param first the first moment's numbers
 * @param second the second moment's numbers
 * @param firstScales a float32 a block of 256, 0 for float32 moments
 * @param secondScales the same of the second moment
 * @param count how many numbers
 */
record StatePiece(long parameter, long gradient, long first, long second, long firstScales, long secondScales,
    long count) {
  /** A whole parameter whose states are on its device. */
  static StatePiece of(AdamMove move) {
    AdamSlot slot = move.slot();
    return new StatePiece(TensorMemory.address(slot.parameter()), TensorMemory.address(move.gradient()),
        TensorMemory.address(slot.first().numbers()), TensorMemory.address(slot.second().numbers()),
        scales(slot.first()), scales(slot.second()), slot.count());
  }

  private static long scales(Moments moments) {
    return moments.scales().map((NDArray each) -> TensorMemory.address(each)).orElse(0L);
  }

  /** In the order of {@link dev.kasane.quant.cuda.OptimizerTable}. */
  List<Long> fields() {
    return List.of(parameter, gradient, first, second, firstScales, secondScales, count);
  }
}
