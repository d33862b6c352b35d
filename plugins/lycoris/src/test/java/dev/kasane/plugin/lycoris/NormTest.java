package dev.kasane.plugin.lycoris;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.Merger;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Normalisations of a model: adapted by files that say so, and by nothing else. */
class NormTest {
  private final NDManager scope = Engines.newManager();
  private final Resnet model = new Resnet();
  private NDArray x;

  private static final class Resnet extends Module {
    private final GroupNorm norm = child("norm1", new GroupNorm(2, 4, 1e-5));

    Resnet() {
      child("conv1", new Conv2d(4, 4, 1, 1, 0));
    }
  }

  @BeforeEach
  void fill() {
    TorchBridge.seed(8);
    model.namedWeights().values().forEach(weight ->
        weight.set(new DenseWeight(Ops.randomNormal(scope, weight.shape()))));
    x = Layers.random(scope, 2, 4, 3, 3);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Injector.Restored restore(AdapterModule... modules) {
    AdapterModel saved = new AdapterModel(Map.of("unet", List.of(modules)), List.of(), Map.of());
    return Injector.restore(Map.of("unet", model), saved, Layers.METHODS, 1, scope);
  }

  private AdapterModule norm(NDArray weight, NDArray bias) {
    return new AdapterModule("norm1", Map.of("w_norm", weight, "b_norm", bias), Map.of());
  }

  private AdapterModule conv() {
    return new AdapterModule("conv1", Map.of("diff", Layers.random(scope, 4, 4, 1, 1)), Map.of());
  }

  @Test
  void filesAdaptThemAndTrainingDoesNotPickThem() {
    assertThat(model.adaptableLayers()).containsOnlyKeys("conv1");
    assertThat(model.restorableLayers()).containsOnlyKeys("norm1", "conv1");
    Injector.Restored restored = restore(conv(), norm(Layers.random(scope, 4), Layers.random(scope, 4)));
    restored.report().requireComplete();
    assertThat(restored.report().matched()).extracting(match -> match.method()).containsExactly("full", "norm");
    assertThat(restored.report().bare().get("unet")).isEmpty();
  }

  @Test
  void liveMergedAndFusedAreTheSum() {
    try (GradMode off = GradMode.off()) {
      NDArray weight = Layers.random(scope, 4);
      NDArray bias = Layers.random(scope, 4);
      float[] base = model.norm.forwardSilu(x).toFloatArray();
      Injector.Restored restored = restore(norm(weight, bias));
      restored.set().multiplier(0.5);
      NDArray expected = OPS.silu(OPS.groupNorm(x, 2, model.norm.weight().materialise(scope).add(weight.mul(0.5f)),
          model.norm.bias().materialise(scope).add(bias.mul(0.5f)), 1e-5));
      NDArray live = model.norm.forwardSilu(x);
      assertThat(Layers.distance(live, expected)).isLessThan(1e-6);
      try (Merger merger = Merger.merge(List.of(restored.set()), scope)) {
        assertThat(Layers.distance(model.norm.forwardSilu(x), expected)).isLessThan(1e-6);
      }
      assertThat(model.norm.forwardSilu(x).toFloatArray()).containsExactly(live.toFloatArray());
      restored.set().detach();
      assertThat(model.norm.forwardSilu(x).toFloatArray()).containsExactly(base);
    }
  }

  @Test
  void whatBelongsOnOtherLayersIsReportedAndNothingBreaks() {
    AdapterModule lowRank = new AdapterModule("norm1", Map.of("hada_w1_a", Layers.random(scope, 4, 2)), Map.of());
    Injector.Restored restored = restore(conv(), lowRank);
    assertThat(restored.report().unmatched()).singleElement()
        .satisfies(key -> assertThat(key.key()).isEqualTo("unet.norm1.hada_w1_a"));
    Injector.Restored misshapen = restore(conv(), norm(Layers.random(scope, 5), Layers.random(scope, 5)));
    assertThat(misshapen.report().misshapen()).singleElement()
        .satisfies(misfit -> assertThat(misfit.problem()).contains("w_norm has shape (5)"));
  }
}
