package dev.kasane.core.injection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sets that come and go on one live model, attached in one order however they came. */
class SeveralAdaptersTest {
  private static final String QUERY = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";

  private final NDManager scope = Engines.newManager();
  private final TinyUnet unet = new TinyUnet().filled(scope, DataType.FLOAT32);
  private final NDArray x = TinyUnet.tokens(scope);
  private final SortedMap<String, AdapterSet> mix = new TreeMap<>();

  @AfterEach
  void close() {
    scope.close();
  }

  private AdapterSet adapter() {
    FullDelta method = new FullDelta();
    AdapterSet set = Injector.attachFresh("unet", unet, TargetSelector.of(List.of("to_q"), List.of()),
        new MethodChoice(method, Map.of()), scope);
    set.detach();
    try (GradMode off = GradMode.off()) {
      set.trainableParameters().values().forEach(p -> p.addi(Ops.randomNormal(p.getManager(), p.getShape())));
    }
    return set;
  }

  private void add(String name, AdapterSet set, double weight) {
    set.multiplier(weight);
    mix.values().forEach(AdapterSet::detach);
    mix.put(name, set);
    mix.values().forEach(AdapterSet::attach);
  }

  private float[] output() {
    try (GradMode off = GradMode.off()) {
      return unet.linear(QUERY).forward(x).toFloatArray();
    }
  }

  @Test
  void changingFromOneToAnotherAndBackEndsWhereItBegan() {
    float[] bare = output();
    AdapterSet a = adapter();
    AdapterSet b = adapter();
    add("a", a, 1);
    float[] withA = output();
    mix.remove("a").detach();
    add("b", b, 1);
    assertThat(output()).isNotEqualTo(withA);
    mix.remove("b").detach();
    add("a", a, 1);
    assertThat(output()).containsExactly(withA);
    mix.remove("a").detach();
    assertThat(output()).containsExactly(bare);
  }

  @Test
  void theOrderOfAddingDoesNotMatter() {
    AdapterSet a = adapter();
    AdapterSet b = adapter();
    add("a", a, 0.3);
    add("b", b, 0.7);
    float[] both = output();
    mix.remove("a").detach();
    add("a", a, 0.9);
    assertThat(output()).isNotEqualTo(both);
    a.multiplier(0.3);
    assertThat(output()).containsExactly(both);
  }

  @Test
  void aMixAtWeightOneIsTheAdapter() {
    AdapterSet a = adapter();
    a.attach();
    float[] attached = output();
    a.detach();
    add("a", a, 1);
    assertThat(output()).containsExactly(attached);
  }

  @Test
  void blocksAreWeightedApart() {
    float[] bare = output();
    AdapterSet a = adapter();
    a.attach();
    a.multiplier(1, new BlockWeights(Map.of("transformer_blocks.0", 0.0)));
    assertThat(output()).containsExactly(bare);
    a.multiplier(2, new BlockWeights(Map.of("attn1", 0.5)));
    float[] half = output();
    a.multiplier(1);
    assertThat(output()).containsExactly(half);
    assertThatThrownBy(() -> a.multiplier(1, new BlockWeights(Map.of("up_blocks", 1.0))))
        .isInstanceOf(UserException.class).hasMessageContaining("up_blocks");
  }

  @Test
  void blocksAreNamedAndTheirWeightsAreNumbers() {
    assertThatThrownBy(() -> new BlockWeights(Map.of("x(", 1.0))).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new BlockWeights(Map.of("x", Double.NaN))).isInstanceOf(UserException.class);
  }
}
