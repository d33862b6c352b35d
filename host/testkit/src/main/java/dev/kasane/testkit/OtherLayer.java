package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Embedding;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LiveUpdate.Phase;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.function.Function;
import java.util.function.Supplier;

/** The layers that most methods refuse: those that do not multiply by their weight. */
public enum OtherLayer {
  /** Eleven rows of 6 numbers, looked up for 2×3 tokens. */
  EMBEDDING(() -> new Embedding(11, 6), scope -> scope.create(new long[] {0, 3, 10, 3, 7, 1}, new Shape(2, 3))),
  /** 8 channels in two groups, on 2 pictures of 3×5. */
  NORM(() -> new GroupNorm(2, 8, 1e-5), scope -> Ops.randomNormal(scope, new Shape(2, 8, 3, 5)));

  private static final long SEED = 5;

  private final Supplier<AdaptableLayer> layer;
  private final Function<NDManager, NDArray> input;

  OtherLayer(Supplier<AdaptableLayer> layer, Function<NDManager, NDArray> input) {
    this.layer = layer;
    this.input = input;
  }

  /** The method refuses the layer in words, or its fresh adapter changes nothing and comes back from what is saved. */
  void check(AdapterMethod method, PreparedMethod prepared) {
    try (NDManager scope = Engines.newManager()) {
      TorchBridge.seed(SEED);
      AdaptableLayer target = new SampleLayer.Model(layer.get()).layer();
      target.namedWeights().values().forEach(weight ->
          weight.set(new DenseWeight(Ops.randomNormal(scope, weight.shape()))));
      if (method.supports(target)) {
        requireAdapter(target, method, prepared, scope);
      } else {
        AdaptedSample.requireWords(method, target);
      }
    }
  }

  private void requireAdapter(AdaptableLayer target, AdapterMethod method, PreparedMethod prepared, NDManager scope) {
    LayerAdapter adapter;
    try {
      adapter = prepared.attach(target, scope);
    } catch (UserException refusal) {
      assertThat(refusal).hasMessageContaining(target.path()).hasMessageContaining(target.kind().word());
      return;
    }
    try (GradMode off = GradMode.off()) {
      NDArray update = adapter.forward(input.apply(scope), 1, Phase.INFERENCE);
      assertThat(OPS.cast(update, DataType.FLOAT32).abs().max().toFloatArray()[0]).as("fresh update").isZero();
      assertThat(adapter.weightDelta(scope, 1).getShape()).isEqualTo(target.weight().shape());
      AdapterModule saved = adapter.saved();
      assertThat(method.restore(target, saved, scope)).as("restored from " + saved.parameters()).isPresent();
    }
  }
}
