package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.Ops;
import dev.kasane.plugin.lycoris.kronecker.LokrMethod;
import dev.kasane.plugin.lycoris.rotation.BoftMethod;
import dev.kasane.plugin.lycoris.rotation.DiagOftMethod;
import dev.kasane.plugin.lycoris.whole.FullMethod;
import dev.kasane.plugin.lycoris.whole.NormMethod;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Layers with random weights, and the methods under test. */
final class Layers {
  static final List<AdapterMethod> METHODS = List.of(new LohaMethod(), new LokrMethod(), new DoraMethod(),
      new Ia3Method(), new GloraMethod(), new DiagOftMethod(), new BoftMethod(), new FullMethod(), new NormMethod());

  private Layers() {}

  static AdapterMethod method(String id) {
    return METHODS.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
  }

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

  static AdapterOptions options(AdapterMethod method, Map<String, String> given) {
    return AdapterOptions.of(method, given);
  }

  /** What the one method that knows a module makes of it; two of them would be an error. */
  static Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    List<LayerAdapter> known = METHODS.stream().map(each -> each.restore(layer, saved, scope))
        .flatMap(Optional::stream).toList();
    if (known.size() > 1) {
      throw new AssertionError("Several methods claim " + saved.tensors().keySet());
    }
    return known.stream().findFirst();
  }

  /** The largest difference over the largest expected magnitude. */
  static double distance(NDArray actual, NDArray expected) {
    if (!actual.getShape().equals(expected.getShape())) {
      throw new AssertionError("Shape " + actual.getShape() + ", expected " + expected.getShape());
    }
    double largest = expected.abs().max().toFloatArray()[0];
    double difference = actual.stopGradient().sub(expected).abs().max().toFloatArray()[0];
    return Double.isFinite(difference) && largest > 0 ? difference / largest : Double.POSITIVE_INFINITY;
  }
}
