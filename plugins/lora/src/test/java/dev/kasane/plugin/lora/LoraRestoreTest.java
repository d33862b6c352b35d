package dev.kasane.plugin.lora;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LiveUpdate.Phase;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.Engines;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoraRestoreTest {
  private final NDManager scope = Engines.newManager();
  private final LoraMethod method = new LoraMethod();

  @AfterEach
  void close() {
    scope.close();
  }

  private LayerAdapter restore(TargetLayer layer, NDArray down, NDArray up, Map<String, Double> constants) {
    AdapterModule saved =
        new AdapterModule("mid.to_q", Map.of("lora_down.weight", down, "lora_up.weight", up), constants);
    return method.restore(layer, saved, scope).orElseThrow();
  }

  @Test
  void withoutAlphaTheScaleIsOne() {
    NDArray down = Layers.random(scope, 4, 7);
    NDArray up = Layers.random(scope, 5, 4);
    LayerAdapter adapter = restore(Layers.linear(scope, 7, 5), down, up, Map.of());
    assertThat(adapter.facts()).containsEntry("scale", 1.0).containsEntry("rank", 4.0);
    assertThat(adapter.weightDelta(scope, 1).toFloatArray())
        .containsExactly(up.matMul(down).toFloatArray());
  }

  @Test
  void alphaOfZeroMeansTheRankAndAScaleWins() {
    NDArray down = Layers.random(scope, 4, 7);
    NDArray up = Layers.random(scope, 5, 4);
    TargetLayer layer = Layers.linear(scope, 7, 5);
    assertThat(restore(layer, down, up, Map.of("alpha", 0.0)).facts()).containsEntry("scale", 1.0);
    assertThat(restore(layer, down, up, Map.of("alpha", 2.0)).facts()).containsEntry("scale", 0.5);
    assertThat(restore(layer, down, up, Map.of("alpha", 2.0, "scale", 0.25)).constants())
        .containsEntry("alpha", 1.0);
  }

  /** PEFT takes such a start off the base: what is added to the whole base is the update less the start. */
  @ParameterizedTest
  @ValueSource(strings = {"pissa", "olora"})
  void startsThatWereTakenOffTheBaseAreTakenOffTheUpdate(String start) {
    TargetLayer layer = Layers.linear(scope, 7, 5);
    LowRank begun = LoraStart.parse(start).factors(layer, 4, 1.5, scope);
    LayerAdapter untrained = restore(layer, begun.down(), begun.up(), Map.of("alpha", 6.0, start, 1.0));
    assertThat(untrained.deltaNorm(scope)).isCloseTo(0, within(1e-5));
    NDArray down = Layers.random(scope, 4, 7);
    NDArray up = Layers.random(scope, 5, 4);
    LayerAdapter trained = restore(layer, down, up, Map.of("alpha", 6.0, start, 1.0));
    assertDelta(layer, trained, layer.weight().materialise(scope).add(up.matMul(down).mul(1.5))
        .sub(begun.up().matMul(begun.down()).mul(1.5)));
    AdapterModule saved = trained.saved();
    assertThat(saved.constants()).isEqualTo(Map.of("alpha", 6.0, start, 1.0));
    assertThat(saved.tensors().get("lora_down.weight").toFloatArray()).containsExactly(down.toFloatArray());
  }

  @Test
  void aBiasOfTheSecondFactorIsScaledAsTheFactorsAre() {
    NDArray down = Layers.random(scope, 4, 7, 3, 3);
    NDArray up = Layers.random(scope, 5, 4, 1, 1);
    NDArray bias = Layers.random(scope, 5);
    TargetLayer layer = Layers.conv(scope, 7, 5, 3);
    Map<String, NDArray> pair = Map.of("lora_down.weight", down, "lora_up.weight", up);
    Map<String, NDArray> biased = Map.of("lora_down.weight", down, "lora_up.weight", up, "lora_up.bias", bias);
    LayerAdapter adapter = method.restore(
        layer, new AdapterModule("mid.to_q", biased, Map.of("alpha", 2.0)), scope).orElseThrow();
    LayerAdapter plain = method.restore(
        layer, new AdapterModule("mid.to_q", pair, Map.of("alpha", 2.0)), scope).orElseThrow();
    NDArray x = Layers.random(scope, 1, 7, 6, 6);
    NDArray added = adapter.forward(x, 3, Phase.INFERENCE).sub(plain.forward(x, 3, Phase.INFERENCE));
    NDArray shift = bias.mul(3 * 2.0 / 4);
    assertThat(added.sub(shift.reshape(1, 5, 1, 1)).abs().max().toFloatArray()[0]).isLessThan(1e-4f);
    assertThat(adapter.biasDelta(scope, 3).orElseThrow().toFloatArray()).containsExactly(shift.toFloatArray());
    Map<String, NDArray> linear = Map.of("lora_down.weight", Layers.random(scope, 4, 7), "lora_up.weight", up,
        "lora_up.bias", bias);
    LayerAdapter unbiased = method.restore(Layers.filled(scope, new Linear(7, 5, false)),
        new AdapterModule("mid.to_q", linear, Map.of()), scope).orElseThrow();
    assertThatThrownBy(() -> unbiased.biasDelta(scope, 3)).isInstanceOf(UserException.class)
        .hasMessageContainingAll("has no bias", "unmerged");
  }

  @Test
  void trailingOnesDoNotMatter() {
    NDArray down = Layers.random(scope, 4, 7);
    NDArray up = Layers.random(scope, 5, 4);
    LayerAdapter plain = restore(Layers.linear(scope, 7, 5), down, up, Map.of());
    LayerAdapter asConv =
        restore(Layers.linear(scope, 7, 5), down.reshape(4, 7, 1, 1), up.reshape(5, 4, 1, 1), Map.of());
    assertThat(asConv.tensors().get("lora_down.weight").getShape()).isEqualTo(new Shape(4, 7));
    assertThat(asConv.weightDelta(scope, 1).toFloatArray())
        .containsExactly(plain.weightDelta(scope, 1).toFloatArray());
    LayerAdapter onConv = restore(Layers.conv(scope, 7, 5, 1), down, up, Map.of());
    assertThat(onConv.tensors().get("lora_up.weight").getShape()).isEqualTo(new Shape(5, 4, 1, 1));
    LayerAdapter wide = restore(Layers.conv(scope, 7, 5, 3), Layers.random(scope, 4, 7, 3, 3), up, Map.of());
    assertThat(wide.tensors().get("lora_up.weight").getShape()).isEqualTo(new Shape(5, 4, 1, 1));
  }

  @Test
  void halfPrecisionBecomesFloatAndIsCopied() {
    NDArray down = OPS.cast(Layers.random(scope, 4, 7), DataType.BFLOAT16);
    NDArray up = Layers.random(scope, 5, 4);
    LayerAdapter adapter = restore(Layers.linear(scope, 7, 5), down, up, Map.of());
    assertThat(adapter.tensors().get("lora_down.weight").getDataType()).isEqualTo(DataType.FLOAT32);
    float before = adapter.tensors().get("lora_up.weight").toFloatArray()[0];
    up.addi(1);
    assertThat(adapter.tensors().get("lora_up.weight").toFloatArray()[0]).isEqualTo(before);
  }

  @Test
  void tuckerCoreIsAppliedLiveAsInDelta() {
    TargetLayer layer = Layers.conv(scope, 4, 6, 3);
    AdapterModule saved = new AdapterModule("conv1", Map.of(
        "lora_down.weight", Layers.random(scope, 2, 4, 1, 1),
        "lora_mid.weight", Layers.random(scope, 2, 2, 3, 3),
        "lora_up.weight", Layers.random(scope, 6, 2, 1, 1)), Map.of("alpha", 3.0));
    LayerAdapter adapter = method.restore(layer, saved, scope).orElseThrow();
    NDArray x = Layers.random(scope, 2, 4, 5, 7);
    NDArray live = adapter.forward(x, 0.8, Phase.INFERENCE);
    NDArray rebuilt = layer.apply(x, adapter.weightDelta(scope, 0.8));
    assertThat(live.abs().max().toFloatArray()[0]).isGreaterThan(1);
    assertThat(live.sub(rebuilt).abs().max().toFloatArray()[0]).isLessThan(1e-4f);
    assertThat(adapter.tensors()).containsOnlyKeys("lora_down.weight", "lora_mid.weight", "lora_up.weight");
    assertThatThrownBy(() -> method.restore(Layers.linear(scope, 4, 6), saved, scope))
        .isInstanceOf(UserException.class).hasMessageContaining("linear");
  }

  @Test
  void anotherBaseIsNamed() {
    assertThatThrownBy(() -> restore(
        Layers.linear(scope, 7, 5), Layers.random(scope, 4, 8), Layers.random(scope, 5, 4), Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("lora_down.weight has shape (4, 8)").hasMessageContaining("needs (4, 7).");
    assertThatThrownBy(() -> restore(
        Layers.linear(scope, 7, 5), Layers.random(scope, 4, 7), Layers.random(scope, 5, 3), Map.of()))
        .isInstanceOf(UserException.class).hasMessageContaining("lora_up.weight has shape (5, 3)");
  }

  @Test
  void theNormNeedsNoUpdateOfTheLayersSize() {
    TargetLayer layer = Layers.conv(scope, 7, 5, 3);
    LayerAdapter adapter = restore(layer, Layers.random(scope, 4, 7, 3, 3), Layers.random(scope, 5, 4, 1, 1),
        Map.of("alpha", 3.0));
    double dense = adapter.weightDelta(scope, 1).norm().toFloatArray()[0];
    assertThat(adapter.deltaNorm(scope)).isCloseTo(dense, within(dense * 1e-6)).isGreaterThan(1);
    assertThat(restore(layer, Layers.random(scope, 4, 7, 3, 3), scope.zeros(new Shape(5, 4, 1, 1)), Map.of())
        .deltaNorm(scope)).isZero();
  }

  @Test
  void halfAPairIsDamage() {
    AdapterModule half = new AdapterModule("mid.to_q",
        Map.of("lora_down.weight", Layers.random(scope, 4, 7)), Map.of());
    assertThatThrownBy(() -> method.restore(Layers.linear(scope, 7, 5), half, scope))
        .isInstanceOf(UserException.class).hasMessageContaining("no lora_up.weight");
  }

  @Test
  void moreThanLoraIsLeftToOthers() {
    AdapterModule both = new AdapterModule("mid.to_q", Map.of("lora_down.weight", Layers.random(scope, 4, 7),
        "lora_up.weight", Layers.random(scope, 5, 4), "diff_b", Layers.random(scope, 5)), Map.of());
    assertThat(method.restore(Layers.linear(scope, 7, 5), both, scope)).isEmpty();
  }

  /** Older files have one magnitude an input; the shape tells, and so do axes of length 1. */
  @Test
  void magnitudesGoWithTheAxisThatTheirShapeSays() {
    TargetLayer layer = Layers.linear(scope, 7, 5);
    NDArray down = Layers.random(scope, 4, 7);
    NDArray up = Layers.random(scope, 5, 4);
    NDArray whole = layer.weight().materialise(scope).add(up.matMul(down));
    NDArray outputs = Layers.random(scope, 5, 1);
    assertDelta(layer, dora(layer, down, up, outputs),
        whole.div(whole.square().sum(new int[] {1}, true).sqrt()).mul(outputs));
    assertDelta(layer, dora(layer, down, up, outputs.reshape(5)),
        whole.div(whole.square().sum(new int[] {1}, true).sqrt()).mul(outputs));
    NDArray inputs = Layers.random(scope, 1, 7);
    assertDelta(layer, dora(layer, down, up, inputs),
        whole.div(whole.square().sum(new int[] {0}, true).sqrt()).mul(inputs));
    assertThatThrownBy(() -> dora(layer, down, up, Layers.random(scope, 6, 1)))
        .isInstanceOf(UserException.class).hasMessageContaining("dora_scale has shape (6, 1)");
  }

  private LayerAdapter dora(TargetLayer layer, NDArray down, NDArray up, NDArray magnitude) {
    return method.restore(layer, new AdapterModule("mid.to_q", Map.of("lora_down.weight", down,
        "lora_up.weight", up, "dora_scale", magnitude), Map.of()), scope).orElseThrow();
  }

  private void assertDelta(TargetLayer layer, LayerAdapter adapter, NDArray adapted) {
    NDArray expected = adapted.sub(layer.weight().materialise(scope));
    assertThat(adapter.weightDelta(scope, 1).sub(expected).abs().max().toFloatArray()[0])
        .isLessThan(1e-5f);
    NDArray x = Layers.random(scope, 3, 7);
    NDArray live = adapter.forward(x, 1, Phase.INFERENCE);
    assertThat(live.sub(layer.apply(x, expected)).abs().max().toFloatArray()[0]).isLessThan(1e-4f);
  }
}
