package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.List;

/** A sample layer with a fresh adapter on it and an input for it, in a scope of its own. */
final class AdaptedSample implements AutoCloseable {
  private static final long SEED = 5;

  private final NDManager scope;
  private final AdaptableLayer layer;
  private final NDArray x;
  private final float[] baseOutput;
  private AdapterSet set;

  private AdaptedSample(NDManager scope, AdaptableLayer layer, NDArray x) {
    this.scope = scope;
    this.layer = layer;
    this.x = x;
    this.baseOutput = output();
  }

  /** Attaches a fresh adapter, or returns null when the method does not support the layer. */
  static AdaptedSample attach(
      SampleLayer sample, DataType type, MethodChoice choice) {
    NDManager scope = Engines.newManager();
    TorchBridge.seed(SEED);
    SampleLayer.Model model = sample.model(scope, type);
    if (!choice.method().supports(model.layer())) {
      scope.close();
      return null;
    }
    AdaptedSample adapted = new AdaptedSample(scope, model.layer(), sample.input(scope, type));
    adapted.set = attach(model, choice, scope);
    return adapted;
  }

  static AdapterSet attach(
      SampleLayer.Model model, MethodChoice choice, NDManager scope) {
    return Injector.attachFresh("unet", model, TargetSelector.of(List.of("to_q"), List.of()), choice, scope);
  }

  /** A layer that is not supported, or not with these options, is refused by a sentence that names it. */
  static void requireRefusal(SampleLayer sample, MethodChoice choice) {
    try (NDManager scope = Engines.newManager()) {
      SampleLayer.Model model = sample.model(scope, DataType.FLOAT32);
      AdaptableLayer layer = model.layer();
      assertThatThrownBy(() -> attach(model, choice, scope), "%s on %s", choice.method().id(), sample)
          .isInstanceOf(UserException.class).hasMessageContaining(layer.path());
      if (!choice.method().supports(layer)) {
        requireWords(choice.method(), layer);
      }
    }
  }

  /** What a method says of a layer that it does not support names the layer's kind. */
  static void requireWords(AdapterMethod method, TargetLayer layer) {
    assertThat(method.refusal(layer)).as("refusal of " + method.id()).containsIgnoringCase(layer.kind().word());
  }

  /** Changes every parameter, so that none of its effects hides behind another's zero. */
  void perturb(double deviation) {
    try (GradMode off = GradMode.off()) {
      adapter().tensors().values().forEach(tensor ->
          tensor.addi(OPS.scale(Ops.randomNormal(scope, tensor.getShape()), deviation)));
    }
  }

  NDManager scope() {
    return scope;
  }

  AdaptableLayer layer() {
    return layer;
  }

  AdapterSet set() {
    return set;
  }

  NDArray x() {
    return x;
  }

  LayerAdapter adapter() {
    return set.layers().get(0).adapter();
  }

  NDArray delta(double multiplier) {
    try (GradMode off = GradMode.off()) {
      return adapter().weightDelta(scope, multiplier);
    }
  }

  /** What the layer makes of ΔW and, where the adapter has one, of its part for the bias. */
  NDArray update(double multiplier) {
    try (GradMode off = GradMode.off()) {
      return layer.apply(x, adapter().weightDelta(scope, multiplier),
          adapter().biasDelta(scope, multiplier).orElse(null));
    }
  }

  /** What the layer computed before an adapter was attached. */
  float[] baseOutput() {
    return baseOutput.clone();
  }

  /** The layer's output without its adapters, as a fresh tensor. */
  NDArray base() {
    set.detach();
    try {
      return layer.forward(x);
    } finally {
      set.attach();
    }
  }

  /** The layer's output as it stands. */
  float[] output() {
    try (GradMode off = GradMode.off()) {
      return OPS.cast(layer.forward(x), DataType.FLOAT32).toFloatArray();
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
