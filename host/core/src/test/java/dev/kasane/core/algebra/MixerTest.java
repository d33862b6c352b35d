package dev.kasane.core.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MixerTest {
  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  private AdapterModel mix(MixMethod method, MixPart... parts) {
    return new Mixer(new MixOptions(method, Optional.empty(), 0.5, false, 1, 5), Adapters.PLAIN, AlgebraProgress.SILENT)
        .mix(List.of(parts), Map.of(), scope).model();
  }

  private AdapterModel adapter(int rank) {
    return Adapters.model(Adapters.linear("mid_block.to_q", 6, 5, rank, 1, scope),
        Adapters.linear("up_blocks.1.to_q", 6, 5, rank, 1, scope));
  }

  @Test
  void oneFactorForAllLeavesTheTensorsAlone() {
    AdapterModel a = adapter(3);
    AdapterModule mixed = mix(MixMethod.CAT, Adapters.part("a", a, 1)).components().get("unet").get(0);
    a.components().get("unet").get(0).tensors().forEach((name, tensor) ->
        assertThat(mixed.tensors().get(name).toFloatArray()).isEqualTo(tensor.toFloatArray()));
    assertThat(mixed.constants()).containsEntry("alpha", 1.0);
  }

  @Test
  void blocksHaveStrengthsOfTheirOwn() {
    AdapterModel a = adapter(3);
    Map<String, Double> weights = new LinkedHashMap<>();
    weights.put("mid_block", 0.0);
    weights.put("up_blocks.1", 3.0);
    weights.put("unet", 100.0);
    AdapterModel mixed = mix(MixMethod.CAT, new MixPart("a", a, 0.5, new BlockWeights(weights)));
    assertThat(mixed.components().get("unet")).hasSize(1);
    assertThat(Adapters.error(Adapters.delta(mixed, "up_blocks.1.to_q", scope),
        Adapters.delta(a, "up_blocks.1.to_q", scope).mul(1.5))).isLessThan(1e-6);
    assertThatThrownBy(() -> new MixPart("a", a, 1, new BlockWeights(Map.of("down_blocks", 2.0))))
        .isInstanceOf(UserException.class).hasMessageContaining("down_blocks");
  }

  private MixPart whole(String file, float value, double weight) {
    return Adapters.part(file, Adapters.model(Adapters.linear("to_q", 6, 5, 2, 1, scope), new AdapterModule("head",
        Map.of("weight", scope.full(new Shape(2, 3), value), "bias", scope.full(new Shape(2), -value)), Map.of())),
        weight);
  }

  private static float[] head(AdapterModel mixed, String parameter) {
    return mixed.components().get("unet").stream().filter(each -> each.path().equals("head")).findFirst()
        .orElseThrow().tensors().get(parameter).toFloatArray();
  }

  @Test
  void wholeWeightsAreDifferencesToTheBases() {
    LayerTable base = new LayerTable() {
      @Override
      public String name() {
        return "base";
      }

      @Override
      public Map<String, Collection<String>> paths() {
        return Map.of();
      }

      @Override
      public Optional<NDArray> weight(String component, String path, NDManager owner) {
        return Optional.of(owner.full(new Shape(2, 3), 10f));
      }

      @Override
      public Optional<NDArray> bias(String component, String path, NDManager owner) {
        return Optional.of(owner.zeros(new Shape(2)));
      }
    };
    List<MixPart> parts = List.of(whole("a", 12, 1), whole("b", 14, 0.5));
    DeltaSource deltas = new DeltaSource(List.of(), base);
    for (MixMethod method : List.of(MixMethod.CAT, MixMethod.TIES)) {
      AdapterModel mixed = new Mixer(new MixOptions(method, Optional.empty(), 1, false, 1, 5), deltas, AlgebraProgress.SILENT)
          .mix(parts, Map.of(), scope).model();
      assertThat(head(mixed, "weight")).containsOnly(10 + 2 + 2);
      assertThat(head(mixed, "bias")).containsOnly(-12 - 7);
      if (method == MixMethod.CAT) {
        assertThat(new Verifier(deltas).distanceFromSum(mixed, Map.of(), parts, scope)).isLessThan(1e-6);
        mixed.components().get("unet").get(1).tensors().get("weight").addi(1);
        assertThat(new Verifier(deltas).distanceFromSum(mixed, Map.of(), parts, scope)).isGreaterThan(0.01);
      }
    }
  }

  @Test
  void wholeWeightsNeedNoBaseWhereTheirStrengthsMakeOne() {
    AdapterModel mixed = mix(MixMethod.CAT, whole("a", 12, 0.7), whole("b", 14, 0.3));
    assertThat(head(mixed, "weight")).containsExactly(
        new float[] {12.6f, 12.6f, 12.6f, 12.6f, 12.6f, 12.6f}, within(1e-5f));
    assertThatThrownBy(() -> mix(MixMethod.CAT, whole("a", 12, 0.7), whole("b", 14, 0.7)))
        .isInstanceOf(UserException.class).hasMessageContaining("a and b bring a whole head.")
        .hasMessageContaining("sum is 1.4").hasMessageContaining("«base»");
  }

  @Test
  void namesBothFilesWhereRanksOrShapesDiffer() {
    MixPart a = Adapters.part("a.safetensors", adapter(3), 1);
    MixPart b = Adapters.part("b.safetensors", adapter(2), 1);
    assertThatThrownBy(() -> mix(MixMethod.LINEAR, a, b)).isInstanceOf(UserException.class)
        .hasMessageContaining("rank 3 in a.safetensors and 2 in b.safetensors");
    MixPart other = Adapters.part("c.safetensors",
        Adapters.model(Adapters.linear("mid_block.to_q", 7, 5, 3, 1, scope)), 1);
    for (MixMethod method : List.of(MixMethod.CAT, MixMethod.SVD, MixMethod.TIES_SVD)) {
      assertThatThrownBy(() -> mix(method, a, other)).isInstanceOf(UserException.class)
          .hasMessageContaining("a.safetensors").hasMessageContaining("c.safetensors")
          .hasMessageContaining("different base");
    }
    assertThatThrownBy(() -> mix(MixMethod.CAT, Adapters.part("a", adapter(1), 0)))
        .isInstanceOf(UserException.class).hasMessageContaining("strength 0");
  }

  @Test
  void eachLayerDrawsFromASeedOfItsOwn() {
    AdapterModel a = adapter(3);
    AdapterModel alone = Adapters.model(a.components().get("unet").get(1));
    float[] both = Adapters.delta(mix(MixMethod.DARE_LINEAR, Adapters.part("a", a, 1)), "up_blocks.1.to_q", scope)
        .toFloatArray();
    assertThat(Adapters.delta(mix(MixMethod.DARE_LINEAR, Adapters.part("a", alone, 1)), "up_blocks.1.to_q", scope)
        .toFloatArray()).isEqualTo(both);
    assertThat(both).isNotEqualTo(Adapters.delta(a, "up_blocks.1.to_q", scope).toFloatArray());
  }

  /** delta[o, i, y, x] = Σ up[o, p] mid[p, q, y, x] down[q, i], by hand. */
  @Test
  void aTuckerCoreIsFoldedIn() {
    AdapterModule module = Adapters.tucker("conv", 2, 3, 2, 1, scope);
    float[] down = module.tensors().get(LoraNames.DOWN).toFloatArray();
    float[] mid = module.tensors().get(LoraNames.MID).toFloatArray();
    float[] up = module.tensors().get(LoraNames.UP).toFloatArray();
    float[] expected = new float[2 * 3 * 9];
    for (int at = 0; at < expected.length; at++) {
      int kernel = at % 9;
      int in = at / 9 % 3;
      int out = at / 27;
      for (int pq = 0; pq < 4; pq++) {
        expected[at] += 0.5f * up[out * 2 + pq / 2] * mid[pq * 9 + kernel] * down[pq % 2 * 3 + in];
      }
    }
    NDArray found = Adapters.PLAIN.delta("unet", module, 1, scope);
    assertThat(found.getShape()).isEqualTo(new Shape(2, 3, 3, 3));
    assertThat(Adapters.error(found, scope.create(expected, found.getShape()))).isLessThan(1e-6);
  }

  @Test
  void learnedWordsComeAlong() {
    AdapterModel a = adapter(2);
    AdapterModule word = new AdapterModule("style",
        Map.of("text_encoder", Ops.randomNormal(scope, new Shape(2, 4))), Map.of());
    a.components().put(AdapterModel.EMBEDDINGS, List.of(word));
    AdapterModel mixed = mix(MixMethod.CAT, Adapters.part("a", a, 0.5));
    assertThat(mixed.components().get(AdapterModel.EMBEDDINGS)).containsExactly(word);
    assertThat(new Verifier(Adapters.PLAIN).distanceFromSum(mixed, Map.of(),
        List.of(Adapters.part("a", a, 0.5)), scope)).isLessThan(1e-6);
  }

  @Test
  void theSelfTestFindsAWrongResult() {
    AdapterModel a = adapter(2);
    MixPart part = Adapters.part("a", a, 1);
    AdapterModel wrong = mix(MixMethod.CAT, Adapters.part("a", a, 1.01));
    double error = new Verifier(Adapters.PLAIN).distanceFromSum(wrong, Map.of(), List.of(part), scope);
    assertThat(error).isBetween(0.005, 0.02);
    AdapterModel partial = Adapters.model(a.components().get("unet").get(0));
    assertThat(new Verifier(Adapters.PLAIN).distanceFromSum(partial, Map.of(), List.of(part), scope)).isInfinite();
    Verification failed = Verification.of("claim", Double.NaN, 1);
    assertThat(failed.passed()).isFalse();
    assertThatThrownBy(() -> failed.requirePassed("x")).isInstanceOf(UserException.class)
        .hasMessageContaining("FAILED");
  }

  /** As an update that began as a part of the weight and has learnt little: B·A − B₀·A₀. */
  @Test
  void factorsThatNearlyCancelAreMixedAndMeasuredByTheirOwnRounding() {
    NDArray up = Ops.randomNormal(scope, new Shape(24, 4));
    NDArray down = Ops.randomNormal(scope, new Shape(4, 20));
    NDArray learnt = Ops.randomNormal(scope, new Shape(24, 4)).mul(0.02f).add(up);
    AdapterModule module = new AdapterModule("to_q", Map.of("lora_up.weight", learnt.concat(up.neg(), 1),
        "lora_down.weight", down.concat(down, 0)), Map.of("alpha", 8.0));
    List<MixPart> parts = List.of(Adapters.part("a", Adapters.model(module), 0.5),
        Adapters.part("b", Adapters.model(module), 0.5));
    AdapterModel mixed = mix(MixMethod.CAT, parts.toArray(MixPart[]::new));
    assertThat(new Verifier(Adapters.PLAIN).distanceFromSum(mixed, Map.of(), parts, scope))
        .isLessThan(Verifier.bound(ElementType.FLOAT32));
    AdapterModel stored = Verifier.rounded(mixed, ElementType.BFLOAT16, scope);
    assertThat(new Verifier(Adapters.PLAIN).distanceFromSum(stored, Map.of(), parts, scope))
        .as("in half the bits what was learnt is lost").isGreaterThan(Verifier.bound(ElementType.BFLOAT16));
  }

  @Test
  void whatHasNoLowRankFormIsRefusedAndNotLost() {
    DeltaSource deltas = new DeltaSource(List.of(new WholeDifference()), LayerTable.of("nothing", Map.of()));
    Mixer mixer = new Mixer(new MixOptions(MixMethod.SVD, Optional.of(RankRule.fixed(2)), 0.5, false, 1, 5), deltas,
        AlgebraProgress.SILENT);
    Map<String, NDArray> both = Map.of(WholeDifference.WEIGHT, Ops.randomNormal(scope, new Shape(6, 5)),
        WholeDifference.BIAS, Ops.randomNormal(scope, new Shape(6)));
    MixPart shifted = Adapters.part("full.safetensors", Adapters.model(new AdapterModule("to_q", both, Map.of())), 1);
    assertThatThrownBy(() -> mixer.mix(List.of(shifted), Map.of(), scope)).isInstanceOf(UserException.class)
        .hasMessageContaining("full.safetensors changes the bias of layer unet.to_q")
        .hasMessageContaining("«merge»");
    Map<String, NDArray> scale = Map.of(WholeDifference.WEIGHT, Ops.randomNormal(scope, new Shape(6)));
    MixPart norm = Adapters.part("norm.safetensors", Adapters.model(new AdapterModule("norm1", scale, Map.of())), 1);
    assertThatThrownBy(() -> mixer.mix(List.of(norm), Map.of(), scope)).isInstanceOf(UserException.class)
        .hasMessageContaining("norm.safetensors changes the normalisation unet.norm1");
  }

  @Test
  void otherMethodsThanLoraNeedTheirPluginAndMaybeTheBase() {
    AdapterModule dora = Adapters.linear("to_q", 6, 5, 2, 1, scope);
    dora.tensors().put("dora_scale", Ops.randomNormal(scope, new Shape(6, 1)));
    MixPart part = Adapters.part("dora.safetensors", Adapters.model(dora), 1);
    assertThatThrownBy(() -> mix(MixMethod.CAT, part)).isInstanceOf(UserException.class)
        .hasMessageContaining("dora.safetensors").hasMessageContaining("dora_scale").hasMessageContaining("svd");
    assertThatThrownBy(() -> Adapters.PLAIN.delta("unet", dora, 1, scope)).isInstanceOf(UserException.class)
        .hasMessageContaining("no loaded method");
    DeltaSource scaled = new DeltaSource(List.of(new NeedsBase()), LayerTable.of("nothing", Map.of()));
    assertThatThrownBy(() -> scaled.delta("unet", dora, 1, scope)).isInstanceOf(UserException.class)
        .hasMessageContaining("unet.to_q").hasMessageContaining("«base»");
    NDArray weight = Ops.randomNormal(scope, new Shape(6, 5));
    DeltaSource known = new DeltaSource(List.of(new NeedsBase()), new NeedsBase.OneLayer(weight));
    assertThat(known.delta("unet", dora, 2, scope).toFloatArray()).isEqualTo(weight.mul(2).toFloatArray());
  }
}
