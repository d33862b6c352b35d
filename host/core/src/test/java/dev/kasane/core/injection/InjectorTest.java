package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InjectorTest {
  private static final String FIRST = "down_blocks.0.attentions.0.transformer_blocks.0.";
  private static final String SECOND = "down_blocks.0.attentions.0.transformer_blocks.1.";
  private static final FullDelta METHOD = new FullDelta();

  private final NDManager scope = Engines.newManager();
  private final TinyUnet unet = new TinyUnet().filled(scope, DataType.FLOAT32);

  @AfterEach
  void close() {
    scope.close();
  }

  private AdapterSet fresh(List<String> targets, Map<String, Map<String, String>> patterns) {
    return Injector.attachFresh("unet", unet, TargetSelector.of(targets, List.of()),
        new MethodChoice(METHOD, Map.of(), new OptionPatterns(patterns)), scope);
  }

  private static void perturb(AdapterSet set) {
    try (GradMode off = GradMode.off()) {
      set.trainableParameters().values().forEach(p -> p.addi(Ops.randomNormal(p.getManager(), p.getShape())));
    }
  }

  private float[] query(NDArray x) {
    try (GradMode off = GradMode.off()) {
      return OPS.cast(unet.linear(FIRST + "attn1.to_q").forward(x), DataType.FLOAT32).toFloatArray();
    }
  }

  @Test
  void namesEveryParameterInTheModelsOrder() {
    AdapterSet set = fresh(List.of("attn1.to_v", "attn1.to_q"), Map.of());
    assertThat(set.trainableParameters().keySet()).containsExactly(
        "unet." + FIRST + "attn1.to_q.diff", "unet." + FIRST + "attn1.to_v.diff",
        "unet." + SECOND + "attn1.to_q.diff", "unet." + SECOND + "attn1.to_v.diff");
    assertThat(set.trainableParameters().values()).allMatch(TorchBridge::requiresGradient);
    set.trainable(false);
    assertThat(set.trainableParameters().values()).noneMatch(TorchBridge::requiresGradient);
  }

  @Test
  void firstMatchingPatternGivesALayerItsOwnOptions() {
    Map<String, String> patterns = new LinkedHashMap<>();
    patterns.put("attn2.to_k", "3");
    patterns.put(".*blocks\\.1.*", "5");
    AdapterSet set = fresh(List.of("to_k"), Map.of("alpha", patterns));
    assertThat(set.layers()).extracting(each -> each.adapter().constants().get("alpha"))
        .containsExactly(1.0, 3.0, 5.0, 3.0);
  }

  @Test
  void refusesPatternsThatDoNothingOrWrong() {
    assertThatThrownBy(() -> fresh(List.of("to_k"), Map.of("alpha", Map.of("to_q", "3"))))
        .isInstanceOf(UserException.class).hasMessageContaining("'to_q'").hasMessageContaining("alpha");
    assertThatThrownBy(() -> fresh(List.of("to_k"), Map.of("rank", Map.of("to_k", "3"))))
        .isInstanceOf(UserException.class).hasMessageContaining("rank");
    assertThatThrownBy(() -> fresh(List.of("to_k"), Map.of("alpha", Map.of("to_k", "-3"))))
        .isInstanceOf(UserException.class).hasMessageContaining("negative");
    assertThatThrownBy(() -> fresh(List.of("to_k"), Map.of("alpha", Map.of("to_k(", "3"))))
        .isInstanceOf(UserException.class).hasMessageContaining("regular expression");
    assertThatThrownBy(() -> fresh(List.of("proj_in"), Map.of()))
        .isInstanceOf(UserException.class).hasMessageContaining("does not support")
        .hasMessageContaining("mid_block.proj_in");
  }

  @Test
  void setsAddUpAndDetachedIsBitEqual() {
    NDArray x = TinyUnet.tokens(scope);
    float[] base = query(x);
    AdapterSet one = fresh(List.of("to_q"), Map.of());
    perturb(one);
    float[] first = query(x);
    AdapterSet two = fresh(List.of("to_q", "to_k"), Map.of());
    perturb(two);
    float[] both = query(x);
    one.multiplier(0);
    float[] second = query(x);
    for (int i = 0; i < base.length; i++) {
      assertThat(both[i] - second[i]).isCloseTo(first[i] - base[i], within(1e-5f));
    }
    assertThat(second).isNotEqualTo(base);
    two.detach();
    one.detach();
    one.detach();
    assertThat(query(x)).containsExactly(base);
    one.multiplier(1);
    one.attach();
    one.attach();
    assertThat(query(x)).containsExactly(first);
  }

  @ParameterizedTest
  @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void mergesSeveralSetsAndComesBackBitForBit(DataType type) {
    unet.filled(scope, type);
    NDArray x = OPS.cast(TinyUnet.tokens(scope), type);
    float[] base = query(x);
    AdapterSet one = fresh(List.of("to_q"), Map.of());
    AdapterSet two = fresh(List.of("attn1.to_q"), Map.of());
    perturb(one);
    perturb(two);
    two.multiplier(0.5);
    float[] live = query(x);
    try (Merger merger = Merger.merge(List.of(one, two), scope)) {
      float[] merged = query(x);
      assertThat(Ops.typeOf(unet.linear(FIRST + "attn1.to_q").weight().materialise(scope))).isEqualTo(type);
      for (int i = 0; i < live.length; i++) {
        assertThat(merged[i]).isCloseTo(live[i], within(type == DataType.FLOAT32 ? 1e-5f : 0.2f));
      }
      assertThat(merged).isNotEqualTo(base);
    }
    assertThat(query(x)).containsExactly(live);
    one.detach();
    two.detach();
    assertThat(query(x)).containsExactly(base);
  }

  @Test
  void joinsComponentsAndRestoresWhatItSaved() {
    TinyUnet other = new TinyUnet().filled(scope, DataType.FLOAT32);
    AdapterSet first = fresh(List.of("to_q"), Map.of());
    AdapterSet second = Injector.attachFresh("text_encoder", other, TargetSelector.of(List.of("to_k"), List.of()),
        new MethodChoice(METHOD, Map.of("alpha", "2")), scope);
    AdapterSet joined = AdapterSet.join(List.of(first, second));
    perturb(joined);
    NDArray x = TinyUnet.tokens(scope);
    float[] live = query(x);
    AdapterModel saved = joined.toModel(Map.of("title", "ink"));
    assertThat(saved.components()).containsOnlyKeys("unet", "text_encoder");
    joined.detach();

    Injector.Restored restored = Injector.restore(roots(other), saved, List.of(METHOD), 1, scope);
    assertThat(query(x)).containsExactly(live);
    restored.report().requireComplete();
    assertThat(restored.report().matched()).hasSize(8).allMatch(match -> match.method().equals("full-delta"));
    assertThat(restored.report().bare().get("unet")).hasSize(18).contains("conv_in");
    assertThat(restored.set().trainableParameters().values()).noneMatch(TorchBridge::requiresGradient);
    assertThat(restored.set().trainableParameters().keySet()).isEqualTo(joined.trainableParameters().keySet());
  }

  private Map<String, Module> roots(Module text) {
    Map<String, Module> roots = new LinkedHashMap<>();
    roots.put("unet", unet);
    roots.put("text_encoder", text);
    return roots;
  }

  private AdapterModule module(String path, String parameter, long... shape) {
    return new AdapterModule(
        path, Map.of(parameter, Ops.randomNormal(scope, new Shape(shape))), Map.of("alpha", 1.0));
  }

  @Test
  void reportsEverythingThatDoesNotFit() {
    AdapterModel saved = new AdapterModel(Map.of("unet", List.of(
        module(FIRST + "attn1.to_q", "diff", 4, 4), module(FIRST + "attn1.to_k", "diff", 4, 5),
        module("gone.to_k", "diff", 4, 4), module(SECOND + "attn1.to_q", "hada_w1_a", 4, 4))),
        List.of(new UnmatchedKey("lora_te_x.alpha", "belongs to the text encoder")), Map.of());
    InjectionReport report = Injector.restore(Map.of("unet", unet), saved, List.of(METHOD), 1, scope).report();
    assertThat(report.matched()).extracting(InjectionReport.Match::path).containsExactly(FIRST + "attn1.to_q");
    assertThat(report.misshapen()).extracting(InjectionReport.Misfit::path).containsExactly(FIRST + "attn1.to_k");
    assertThat(report.unmatched()).extracting(UnmatchedKey::key).containsExactly(
        "lora_te_x.alpha", "unet.gone.to_k.diff", "unet." + SECOND + "attn1.to_q.hada_w1_a");
    assertThat(report.isComplete()).isFalse();
    assertThatThrownBy(report::requireComplete).isInstanceOf(UserException.class)
        .hasMessageContaining("1 adapted layers, 3 unmatched keys, 1 misshapen")
        .hasMessageContaining("no loaded method").hasMessageContaining("belongs to the text encoder");
  }

  @Test
  void aFileOfWhichNothingFitsIsAnError() {
    float[] base = query(TinyUnet.tokens(scope).zerosLike());
    AdapterModel saved = new AdapterModel(
        Map.of("unet", List.of(module("gone.to_k", "diff", 4, 4))), List.of(), Map.of());
    assertThatThrownBy(() -> Injector.restore(Map.of("unet", unet), saved, List.of(METHOD), 1, scope))
        .isInstanceOf(UserException.class).hasMessageContaining("Nothing in this adapter fits")
        .hasMessageContaining("gone.to_k");
    assertThat(query(TinyUnet.tokens(scope).zerosLike())).containsExactly(base);
  }

  @Test
  void normsAreThoseOfTheUpdates() {
    AdapterSet set = fresh(List.of("attn1.to_q"), Map.of("alpha", Map.of(".*blocks\\.1\\..*", "3")));
    try (GradMode off = GradMode.off()) {
      set.trainableParameters().values().forEach(p -> p.addi(1));
    }
    assertThat(set.deltaNorms().values()).containsExactly(4.0, 12.0);
  }
}
