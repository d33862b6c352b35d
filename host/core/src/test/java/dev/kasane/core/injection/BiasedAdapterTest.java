package dev.kasane.core.injection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A difference of the bias beside the parameters of a method that knows of weights alone. */
class BiasedAdapterTest {
  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  private LayerAdapter restore(AdaptableLayer layer, long biases) {
    AdapterModule module = new AdapterModule("layer", Map.of("diff", Ops.randomNormal(scope, layer.weight().shape()),
        "diff_b", Ops.randomNormal(scope, new Shape(biases))), Map.of("alpha", 2.0));
    return new ModuleRestorer(List.of(new FullDelta())).restore(layer, module, scope).orElseThrow().adapter();
  }

  private <L extends AdaptableLayer> L filled(L layer) {
    layer.namedWeights().values()
        .forEach(weight -> weight.set(new DenseWeight(Ops.randomNormal(scope, weight.shape()))));
    return layer;
  }

  private void requireSameLiveAndMerged(AdaptableLayer layer, NDArray x) {
    try (GradMode off = GradMode.off()) {
      LayerAdapter adapter = restore(layer, layer.outputs());
      float[] base = layer.forward(x).toFloatArray();
      Attachment attachment = new Attachment(adapter, 0.5);
      layer.attach(attachment);
      float[] live = layer.forward(x).toFloatArray();
      float[] alone = adapter.forward(x, 0.5, LiveUpdate.Phase.INFERENCE).toFloatArray();
      layer.detach(attachment);
      layer.replaceWeight(
          new DenseWeight(layer.weight().materialise(scope).add(adapter.weightDelta(scope, 0.5))));
      layer.mergeBias(new DenseWeight(
          layer.bias().materialise(scope).add(adapter.biasDelta(scope, 0.5).orElseThrow())));
      assertThat(live).usingComparatorWithPrecision(1e-4f).containsExactly(layer.forward(x).toFloatArray());
      for (int i = 0; i < live.length; i++) {
        assertThat(base[i] + alone[i]).isCloseTo(live[i], within(1e-4f));
      }
    }
  }

  @Test
  void shiftsVectorsAndChannels() {
    requireSameLiveAndMerged(filled(new Linear(3, 5, true)), Ops.randomNormal(scope, new Shape(2, 4, 3)));
    requireSameLiveAndMerged(filled(new Conv2d(3, 5, 3, 1, 1)), Ops.randomNormal(scope, new Shape(2, 3, 4, 6)));
  }

  @Test
  void isSavedAsItWasRead() {
    LayerAdapter adapter = restore(filled(new Linear(3, 5, true)), 5);
    AdapterModule saved = adapter.saved();
    assertThat(saved.tensors()).containsOnlyKeys("diff", "diff_b");
    assertThat(saved.constants()).isEqualTo(Map.of("alpha", 2.0));
    assertThat(saved.tensors().get("diff_b").getDataType()).isEqualTo(DataType.FLOAT32);
  }

  @Test
  void needsABiasOfItsLength() {
    assertThatThrownBy(() -> restore(filled(new Linear(3, 5, true)), 4)).isInstanceOf(UserException.class)
        .hasMessageContaining("diff_b has shape (4)").hasMessageContaining("a bias of (5)");
    assertThatThrownBy(() -> restore(filled(new Linear(3, 5, false)), 5)).isInstanceOf(UserException.class)
        .hasMessageContaining("no bias");
  }
}
