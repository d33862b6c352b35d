package dev.kasane.plugin.lycoris;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.Engines;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that differ from what LyCORIS writes today: older, of half precision, of another base, damaged. */
class RestoreTest {
  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  private NDArray random(long... shape) {
    return Layers.random(scope, shape);
  }

  private LayerAdapter restore(TargetLayer layer, Map<String, NDArray> tensors, Map<String, Double> constants) {
    return Layers.restore(layer, new AdapterModule("mid.to_q", tensors, constants), scope).orElseThrow();
  }

  private Map<String, NDArray> loha() {
    return new HashMap<>(Map.of("hada_w1_a", random(8, 2), "hada_w1_b", random(2, 6), "hada_w2_a", random(8, 2),
        "hada_w2_b", random(2, 6)));
  }

  @Test
  void alphaOverRankIsAppliedOnceAndAScaleWins() {
    TargetLayer layer = Layers.linear(scope, 6, 8);
    Map<String, NDArray> tensors = loha();
    NDArray product = tensors.get("hada_w1_a").matMul(tensors.get("hada_w1_b"))
        .mul(tensors.get("hada_w2_a").matMul(tensors.get("hada_w2_b")));
    Map<Map<String, Double>, Double> scales = Map.of(Map.of(), 1.0, Map.of("alpha", 0.0), 1.0,
        Map.of("alpha", 1.0), 0.5, Map.of("alpha", 1.0, "scale", 0.25), 0.25);
    scales.forEach((constants, scale) -> {
      LayerAdapter adapter = restore(layer, tensors, constants);
      assertThat(adapter.facts()).containsEntry("scale", scale).containsEntry("rank", 2.0);
      assertThat(Layers.distance(adapter.weightDelta(scope, 1), product.mul(scale))).isLessThan(1e-6);
    });
  }

  @Test
  void twoWholeSidesHaveNoScale() {
    TargetLayer layer = Layers.linear(scope, 6, 8);
    Map<String, NDArray> tensors = Map.of("lokr_w1", random(2, 3), "lokr_w2", random(4, 2));
    NDArray plain = restore(layer, tensors, Map.of()).weightDelta(scope, 1);
    LayerAdapter withAlpha = restore(layer, tensors, Map.of("alpha", 7.0));
    assertThat(withAlpha.weightDelta(scope, 1).toFloatArray()).containsExactly(plain.toFloatArray());
    assertThat(withAlpha.constants()).containsExactly(Map.entry("alpha", 7.0));
    NDArray scaled = restore(layer, tensors, Map.of("scale", 0.5)).weightDelta(scope, 1);
    assertThat(Layers.distance(scaled, plain.mul(0.5f))).isLessThan(1e-6);
  }

  @Test
  void kernelAxesApartAndTrailingOnesAreTheSameFactor() {
    TargetLayer layer = Layers.conv(scope, 4, 8, 3);
    NDArray b = random(2, 18);
    Map<String, NDArray> flat = Map.of("lokr_w1", random(2, 2), "lokr_w2_a", random(4, 2), "lokr_w2_b", b);
    Map<String, NDArray> apart = new HashMap<>(flat);
    apart.put("lokr_w2_b", b.reshape(2, 2, 3, 3));
    apart.put("lokr_w2_a", flat.get("lokr_w2_a").reshape(4, 2, 1, 1));
    assertThat(restore(layer, apart, Map.of()).weightDelta(scope, 1).toFloatArray())
        .containsExactly(restore(layer, flat, Map.of()).weightDelta(scope, 1).toFloatArray());
    assertThat(restore(layer, apart, Map.of()).tensors().get("lokr_w2_b").getShape().getShape())
        .containsExactly(2, 18);
  }

  @Test
  void halfPrecisionBecomesFloatAndIsCopied() {
    TargetLayer layer = Layers.linear(scope, 6, 8);
    NDArray blocks = OPS.cast(random(4, 2, 2), DataType.BFLOAT16);
    LayerAdapter adapter = restore(layer, Map.of("oft_blocks", blocks), Map.of());
    assertThat(adapter.tensors().get("oft_blocks").getDataType()).isEqualTo(DataType.FLOAT32);
    NDArray diff = random(8, 6);
    LayerAdapter full = restore(layer, Map.of("diff", diff), Map.of());
    float before = diff.toFloatArray()[0];
    diff.addi(1);
    assertThat(full.tensors().get("diff").toFloatArray()[0]).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void earlyGloraHasThePairsTheOtherWayRound(int kernel) {
    TargetLayer layer = kernel == 1 ? Layers.linear(scope, 6, 8) : Layers.conv(scope, 6, 8, 1);
    Map<String, NDArray> now = Map.of("a1.weight", random(6, 2), "a2.weight", random(2, 6),
        "b1.weight", random(8, 2), "b2.weight", random(2, 6));
    Map<String, NDArray> early = Map.of("a2.weight", now.get("a1.weight"), "a1.weight", now.get("a2.weight"),
        "b2.weight", now.get("b1.weight"), "b1.weight", now.get("b2.weight"));
    LayerAdapter restored = restore(layer, early, Map.of("alpha", 1.0));
    assertThat(restored.weightDelta(scope, 1).toFloatArray())
        .containsExactly(restore(layer, now, Map.of("alpha", 1.0)).weightDelta(scope, 1).toFloatArray());
    assertThat(restored.tensors().get("b1.weight").getShape().get(0)).as("saved the way of today").isEqualTo(8);
  }

  @Test
  void gloraTakesATuckerCore() {
    TargetLayer layer = Layers.conv(scope, 4, 6, 3);
    NDArray b1 = random(6, 2, 1, 1);
    NDArray core = random(2, 2, 3, 3);
    NDArray b2 = random(2, 4, 1, 1);
    Map<String, NDArray> glora = Map.of("a1.weight", scope.zeros(random(4, 2, 1, 1).getShape()),
        "a2.weight", random(2, 4, 1, 1), "b1.weight", b1, "b2.weight", b2, "bm.weight", core);
    NDArray delta = restore(layer, glora, Map.of()).weightDelta(scope, 1);
    NDArray x = random(1, 4, 5, 5);
    NDArray stepwise = OPS.conv2d(OPS.conv2d(OPS.conv2d(x, b2, 1, 0), core, 1, 1), b1, 1, 0);
    assertThat(Layers.distance(layer.apply(x, delta), stepwise)).isLessThan(1e-5);
  }

  @Test
  void onInputMayBeATensor() {
    TargetLayer layer = Layers.linear(scope, 6, 8);
    LayerAdapter adapter = restore(layer,
        Map.of("weight", random(6), "on_input", scope.create(new long[] {1})), Map.of());
    assertThat(adapter.constants()).containsEntry("on_input", 1.0);
  }

  static Stream<Arguments> misfits() {
    return Stream.of(
        Arguments.of(Map.of("hada_w1_b", new long[] {2, 7}), "hada_w1_b has shape (2, 7)"),
        Arguments.of(Map.of("hada_t1", new long[] {2, 2, 3, 3}), "linear"),
        Arguments.of(Map.of("dora_scale", new long[] {5, 1}), "8 outputs or 6 inputs"));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void anotherBaseIsNamed(Map<String, long[]> replaced, String message) {
    Map<String, NDArray> tensors = loha();
    replaced.forEach((name, shape) -> tensors.put(name, random(shape)));
    assertThatThrownBy(() -> restore(Layers.linear(scope, 6, 8), tensors, Map.of()))
        .isInstanceOf(UserException.class).hasMessageContaining("Layer ").hasMessageContaining(message);
  }

  @Test
  void whatIsTooMuchOrTooLittleForARotationIsNamed() {
    TargetLayer layer = Layers.linear(scope, 6, 8);
    assertThatThrownBy(() -> restore(layer, Map.of("oft_blocks", random(4, 3, 3)), Map.of()))
        .hasMessageContaining("4 blocks of 3 turn 12 outputs, but this base has 8");
    assertThatThrownBy(() -> restore(layer, Map.of("oft_blocks", random(4, 4, 2, 2)), Map.of()))
        .hasMessageContaining("4 stages of 4 blocks of 2");
    assertThatThrownBy(() ->
        restore(layer, Map.of("oft_blocks", random(4, 2, 2), "rescale", random(7, 1)), Map.of()))
        .hasMessageContaining("rescale has shape (7, 1)");
  }

  @Test
  void halfOfAPairIsDamage() {
    TargetLayer layer = Layers.linear(scope, 6, 8);
    List<Map<String, NDArray>> halves = List.of(
        Map.of("hada_w1_a", random(8, 2)), Map.of("lokr_w1", random(2, 3)),
        Map.of("a1.weight", random(6, 2)), Map.of("dora_scale", random(8, 1)),
        Map.of("rescale", random(8, 1), "oft_blocks", scope.create(1f).reshape(1, 1, 1)));
    halves.forEach(half -> assertThatThrownBy(() -> restore(layer, half, Map.of()))
        .as(half.keySet().toString()).isInstanceOf(UserException.class).hasMessageContaining("Layer "));
  }

  @Test
  void aDifferenceOfTheBiasMayStandAlone() {
    TargetLayer layer = Layers.linear(scope, 6, 8);
    NDArray shift = random(8);
    LayerAdapter adapter = restore(layer, Map.of("diff_b", shift), Map.of());
    assertThat(adapter.weightDelta(scope, 1).toFloatArray()).containsOnly(0);
    assertThat(adapter.biasDelta(scope, 0.5).orElseThrow().toFloatArray())
        .containsExactly(shift.mul(0.5f).toFloatArray());
    assertThat(adapter.tensors()).containsOnlyKeys("diff_b");
  }

  @Test
  void flatMagnitudesOfASquareLayerCanBeOfEitherSide() {
    TargetLayer layer = Layers.linear(scope, 6, 6);
    Map<String, NDArray> tensors =
        new HashMap<>(Map.of("lora_up.weight", random(6, 2), "lora_down.weight", random(2, 6)));
    Map<String, Double> turned = Map.of(AdapterModule.TURNS_LENGTHS, 1.0);
    tensors.put("dora_scale", random(6));
    assertThatThrownBy(() -> restore(layer, tensors, turned)).isInstanceOf(UserException.class)
        .hasMessageContaining("flat list of 6 numbers").hasMessageContaining("(1, 6)");
    tensors.put("dora_scale", random(1, 6, 1, 1));
    assertThat(restore(layer, tensors, turned).tensors().get("dora_scale").getShape().getShape())
        .containsExactly(1, 6);
  }

  @Test
  void biasForALayerWithoutOneIsRefused() {
    TargetLayer layer = Layers.filled(scope, new Linear(6, 8, false));
    assertThatThrownBy(() -> restore(layer, Map.of("diff", random(8, 6), "diff_b", random(8)), Map.of()))
        .isInstanceOf(UserException.class).hasMessageContaining("no bias");
  }

  @Test
  void whatNoMethodUnderstandsIsLeftAndNeverIgnored() {
    TargetLayer layer = Layers.linear(scope, 6, 8);
    Map<String, NDArray> strange = loha();
    strange.put("bias_values", random(3));
    List<Map<String, NDArray>> unknown = List.of(strange,
        Map.of("lora_up.weight", random(8, 2), "lora_down.weight", random(2, 6)),
        Map.of("weight", random(8)), Map.of("w_norm", random(8)));
    unknown.forEach(tensors -> assertThat(
        Layers.restore(layer, new AdapterModule("mid.to_q", tensors, Map.of()), scope)).isEmpty());
  }
}
