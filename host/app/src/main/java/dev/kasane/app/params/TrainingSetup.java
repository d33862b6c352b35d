package dev.kasane.app.params;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.optimizer.AdamW8bit;
import java.util.Optional;

/**
 * How an adapter is to be trained, as far as memory depends on it.
 *
 * @param precision type of the base and the computation
 * @param storage how the base is quantised; nothing for a dense one
 * @param eightBitMoments whether the optimiser keeps its averages in 8 bits
 * @param batch examples of a step
 * @param device where the model lies
 */
public record TrainingSetup(ElementType precision, Optional<QuantisationSettings> storage, boolean eightBitMoments,
    int batch, PlannedDevice device) {
  /** Bytes of both averages of a parameter. */
  long momentBytes(Shape shape) {
    return eightBitMoments ? AdamW8bit.momentBytes(shape) : 2 * Float.BYTES * shape.size();
  }

  /** Whether the model lies in a GPU's memory. */
  public boolean onGpu() {
    return device == PlannedDevice.CUDA;
  }

  /** The same with the model in a GPU's memory. */
  TrainingSetup onGpu(ElementType precision) {
    return new TrainingSetup(precision, storage, eightBitMoments, batch, PlannedDevice.CUDA);
  }

  /** The same with the base in few bits, and averages as well. */
  TrainingSetup quantised(QuantisationSettings settings) {
    return new TrainingSetup(precision, Optional.of(settings), true, batch, device);
  }
}
