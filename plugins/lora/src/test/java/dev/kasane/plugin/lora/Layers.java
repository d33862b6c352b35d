package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.tensor.Ops;
import java.util.Map;

/** Layers with random weights, and options in one word. */
final class Layers {
  private Layers() {}

  static Linear linear(NDManager scope, long inputs, long outputs) {
    return filled(scope, new Linear(inputs, outputs, true));
  }

  static Conv2d conv(NDManager scope, long inputs, long outputs, int kernel) {
    return filled(scope, new Conv2d(inputs, outputs, kernel, 1, kernel / 2));
  }

  static <L extends AdaptableLayer> L filled(NDManager scope, L layer) {
    layer.namedWeights().values().forEach(weight ->
        weight.set(new DenseWeight(Ops.randomNormal(scope, weight.shape()))));
    return layer;
  }

  static NDArray random(NDManager scope, long... shape) {
    return Ops.randomNormal(scope, new Shape(shape));
  }

  static AdapterOptions options(Map<String, String> given) {
    LoraMethod method = new LoraMethod();
    return AdapterOptions.of(method, given);
  }
}
