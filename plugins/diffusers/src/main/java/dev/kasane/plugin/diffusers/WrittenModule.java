package dev.kasane.plugin.diffusers;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModule;
import java.util.Set;
import java.util.TreeSet;

/** One layer's LoRA in the shapes that PEFT's layers have. */
final class WrittenModule {
  private static final Set<String> TENSORS = Set.of(LoraNames.DOWN, LoraNames.MID, LoraNames.UP,
      LoraNames.UP_BIAS, LoraNames.MAGNITUDE);

  private final AdapterModule module;

  /**
   * @throws UserException when the module is no LoRA
   */
  WrittenModule(AdapterModule module) {
    module.requireOfItsOwn();
    this.module = module;
    Set<String> others = new TreeSet<>(module.tensors().keySet());
    others.removeAll(TENSORS);
    boolean pair = module.tensors().keySet().containsAll(Set.of(LoraNames.DOWN, LoraNames.UP));
    if (!others.isEmpty() || !pair) {
      throw new UserException("A diffusers file holds LoRA only; layer " + module.path() + " has "
          + String.join(", ", others.isEmpty() ? new TreeSet<>(module.tensors().keySet()) : others)
          + ". Save as kohya, which holds every method.");
    }
  }

  String path() {
    return module.path();
  }

  long rank() {
    return module.tensors().get(LoraNames.UP).getShape().get(1);
  }

  boolean hasAlpha() {
    return AdapterModule.FACTORS.stream().anyMatch(module.constants()::containsKey);
  }

  /** Alpha, so that alpha / rank is the scale; the rank when nothing is said. */
  double alpha() {
    return module.alpha(rank());
  }

  boolean hasMagnitude() {
    return module.tensors().containsKey(LoraNames.MAGNITUDE);
  }

  NDArray up() {
    return module.tensors().get(LoraNames.UP);
  }

  NDArray upBias() {
    return module.tensors().get(LoraNames.UP_BIAS);
  }

  /** (rank, in) or (rank, in, k, k); a Tucker core is multiplied in, which PEFT's layers have no place for. */
  NDArray down() {
    NDArray down = module.tensors().get(LoraNames.DOWN);
    NDArray mid = module.tensors().get(LoraNames.MID);
    if (mid == null) {
      return down;
    }
    Shape core = mid.getShape();
    NDArray rows = OPS.cast(mid, DataType.FLOAT32).transpose(0, 2, 3, 1).reshape(-1, core.get(1));
    NDArray product = rows.matMul(OPS.cast(down, DataType.FLOAT32).reshape(core.get(1), -1));
    NDArray ordered = product.reshape(core.get(0), core.get(2), core.get(3), -1).transpose(0, 3, 1, 2);
    // Flattening lays the elements out in this order; a transposed view cannot be written.
    return ordered.flatten().reshape(ordered.getShape());
  }

  /**
   * DoRA's magnitudes: (out), for a convolution (1, out, 1, 1).
   *
   * @throws UserException when they are per input, as early LyCORIS has them
   */
  NDArray magnitude() {
    NDArray stored = module.tensors().get(LoraNames.MAGNITUDE);
    long outputs = up().getShape().get(0);
    if (stored.size() != outputs || stored.getShape().get(0) != outputs) {
      throw new UserException("Layer " + module.path() + " has DoRA magnitudes of shape " + stored.getShape()
          + ", one for each input; PEFT and diffusers know one for each of the " + outputs
          + " outputs only. Save as kohya.");
    }
    return stored.getShape().dimension() == 4 ? stored.reshape(1, outputs, 1, 1) : stored.reshape(outputs);
  }
}
