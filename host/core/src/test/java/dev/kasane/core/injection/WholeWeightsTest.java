package dev.kasane.core.injection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.WholeWeights.Biases;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WholeWeightsTest {
  private static final String BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0.";
  private static final String OUT = BLOCK + "attn1.to_out.0";
  private static final FullDelta METHOD = new FullDelta();
  private final NDManager scope = Engines.newManager();
  private final TinyUnet unet = new TinyUnet().filled(scope, DataType.FLOAT32);
  private final NDArray x = TinyUnet.tokens(scope);

  @AfterEach
  void close() {
    scope.close();
  }

  private AdapterSet fresh(List<String> modules, Biases biases) {
    AdapterSet set = Injector.attachFresh("unet", unet, TargetSelector.of(List.of("attn1.to_out.0"), List.of()),
        new MethodChoice(METHOD, Map.of()), scope);
    return WholeWeights.addTo(set, unet, modules, biases, scope);
  }

  private float[] output(String layer) {
    try (GradMode off = GradMode.off()) {
      return unet.linear(layer).forward(x).toFloatArray();
    }
  }

  private static void shift(AdapterSet set) {
    try (GradMode off = GradMode.off()) {
      set.wholes().forEach(each -> each.values().addi(1));
    }
  }

  @Test
  void biasesArePickedAsInPeft() {
    assertThat(fresh(List.of(), Biases.NONE).wholes()).isEmpty();
    assertThat(fresh(List.of(), Biases.LORA_ONLY).wholes()).extracting(WholeWeight::name)
        .hasSize(2).contains("unet." + OUT + ".bias");
    long biases = unet.namedWeights().keySet().stream().filter(path -> path.endsWith(".bias")).count();
    assertThat(fresh(List.of(), Biases.ALL).wholes()).hasSize((int) biases);
  }

  @Test
  void trainsInThePlaceOfTheBaseAndGivesItBack() {
    float[] bare = output(OUT);
    AdapterSet set = fresh(List.of("conv_in"), Biases.LORA_ONLY);
    assertThat(output(OUT)).as("a copy changes nothing").containsExactly(bare);
    assertThat(set.trainableParameters()).containsKeys("unet.conv_in.weight", "unet." + OUT + ".bias");
    try (GradMode on = GradMode.on()) {
      TorchBridge.backward(unet.linear(OUT).forward(x).sum(), scope.create(1f));
    }
    NDArray bias = set.trainableParameters().get("unet." + OUT + ".bias");
    assertThat(bias.getGradient().toFloatArray()).containsOnly(x.getShape().size() / TinyUnet.WIDTH);
    shift(set);
    assertThat(output(OUT)).isNotEqualTo(bare);
    set.multiplier(0);
    assertThat(output(OUT)).containsExactly(bare);
    set.multiplier(1);
    assertThat(output(OUT)).isNotEqualTo(bare);
    set.detach();
    assertThat(output(OUT)).containsExactly(bare);
  }

  @Test
  void aStrengthIsThatShareOfTheDifferenceAndSeveralAddUp() {
    float[] bare = output(OUT);
    AdapterSet first = fresh(List.of(), Biases.LORA_ONLY);
    shift(first);
    AdapterSet second = fresh(List.of(), Biases.LORA_ONLY);
    shift(second);
    shift(second);
    first.multiplier(0.25);
    second.multiplier(0.5);
    float[] both = output(OUT);
    for (int i = 0; i < bare.length; i++) {
      assertThat(both[i]).isEqualTo(bare[i] + 0.25f + 1, within(1e-4f));
    }
    first.multiplier(1, new BlockWeights(Map.of("attn1", 0.0)));
    second.multiplier(0);
    assertThat(output(OUT)).containsExactly(bare);
  }

  @Test
  void severalComeOffInAnyOrder() {
    float[] bare = output(OUT);
    AdapterSet first = fresh(List.of(), Biases.LORA_ONLY);
    shift(first);
    float[] shifted = output(OUT);
    AdapterSet second = fresh(List.of(), Biases.LORA_ONLY);
    shift(second);
    shift(second);
    first.detach();
    assertThat(output(OUT)).isNotEqualTo(bare).isNotEqualTo(shifted);
    second.detach();
    assertThat(output(OUT)).containsExactly(bare);
  }

  @Test
  void savedIsRestoredAndAnUnknownPlaceIsNamed() {
    AdapterSet set = fresh(List.of("conv_in"), Biases.LORA_ONLY);
    shift(set);
    float[] trained = output(OUT);
    AdapterModel saved = set.toModel(Map.of());
    assertThat(saved.components().get("unet")).extracting(AdapterModule::path).contains("conv_in");
    set.detach();
    Injector.Restored restored = Injector.restore(Map.of("unet", unet), saved, List.of(METHOD), 1, scope);
    restored.report().requireComplete();
    assertThat(output(OUT)).containsExactly(trained);
    restored.set().detach();

    saved.components().get("unet").add(new AdapterModule("score",
        Map.of("weight", scope.ones(new Shape(2))), Map.of()));
    saved.components().get("unet").add(new AdapterModule("mid_block.proj_in",
        Map.of("bias", scope.ones(new Shape(2))), Map.of()));
    InjectionReport report =
        Injector.restore(Map.of("unet", unet), saved, List.of(METHOD), 1, scope).report();
    assertThat(report.unmatched()).singleElement()
        .satisfies(each -> assertThat(each.key()).isEqualTo("unet.score.weight"));
    assertThat(report.misshapen()).singleElement()
        .satisfies(each -> assertThat(each.problem()).contains("mid_block.proj_in.bias has shape (2)"));
  }

  @Test
  void stayWhenUpdatesAreMerged() {
    AdapterSet set = fresh(List.of(), Biases.LORA_ONLY);
    try (GradMode off = GradMode.off()) {
      set.trainableParameters().values().forEach(p -> p.addi(Ops.randomNormal(scope, p.getShape())));
    }
    float[] live = output(OUT);
    try (Merger merger = Merger.merge(List.of(set), scope)) {
      float[] merged = output(OUT);
      for (int i = 0; i < live.length; i++) {
        assertThat(merged[i]).isEqualTo(live[i], within(1e-4f));
      }
    }
    assertThat(output(OUT)).containsExactly(live);
  }

  @Test
  void refusesNamesThatAreNoneOrAlreadyAdapted() {
    assertThatThrownBy(() -> fresh(List.of("conv_on"), Biases.NONE)).isInstanceOf(UserException.class)
        .hasMessageContaining("no module 'conv_on'").hasMessageContaining("conv_in");
    assertThatThrownBy(() -> fresh(List.of("x"), Biases.NONE)).isInstanceOf(UserException.class)
        .message().doesNotContain(": ,").doesNotContain(", ,");
    assertThatThrownBy(() -> fresh(List.of("attn1"), Biases.NONE)).isInstanceOf(UserException.class)
        .hasMessageContaining("has an adapter");
    Linear layer = unet.linear(OUT);
    assertThatThrownBy(() -> layer.namedWeights().get("bias")
        .cover(new DenseWeight(scope.ones(new Shape(9))), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
