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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveMixTest {
  private static final String QUERY = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";

  private final NDManager scope = Engines.newManager();
  private final TinyUnet unet = new TinyUnet().filled(scope, DataType.FLOAT32);
  private final NDArray x = TinyUnet.tokens(scope);
  private final LiveMix mix = new LiveMix();

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
    mix.add("a", a, 1, BlockWeights.none());
    float[] withA = output();
    mix.remove("a");
    mix.add("b", b, 1, BlockWeights.none());
    assertThat(output()).isNotEqualTo(withA);
    mix.remove("b");
    mix.add("a", a, 1, BlockWeights.none());
    assertThat(output()).containsExactly(withA);
    mix.close();
    assertThat(output()).containsExactly(bare);
  }

  @Test
  void theOrderOfAddingDoesNotMatter() {
    AdapterSet a = adapter();
    AdapterSet b = adapter();
    mix.add("a", a, 0.3, BlockWeights.none());
    mix.add("b", b, 0.7, BlockWeights.none());
    float[] both = output();
    mix.remove("a");
    mix.add("a", a, 0.9, BlockWeights.none());
    assertThat(output()).isNotEqualTo(both);
    mix.weight("a", 0.3, BlockWeights.none());
    assertThat(output()).containsExactly(both);
  }

  @Test
  void aMixAtWeightOneIsTheAdapter() {
    AdapterSet a = adapter();
    a.attach();
    float[] attached = output();
    a.detach();
    mix.add("a", a, 1, BlockWeights.none());
    assertThat(output()).containsExactly(attached);
  }

  @Test
  void blocksAreWeightedApart() {
    float[] bare = output();
    AdapterSet a = adapter();
    mix.add("a", a, 1, new BlockWeights(Map.of("transformer_blocks.0", 0.0)));
    assertThat(output()).containsExactly(bare);
    mix.weight("a", 2, new BlockWeights(Map.of("attn1", 0.5)));
    float[] half = output();
    mix.weight("a", 1, BlockWeights.none());
    assertThat(output()).containsExactly(half);
    assertThatThrownBy(() -> mix.weight("a", 1, new BlockWeights(Map.of("up_blocks", 1.0))))
        .isInstanceOf(UserException.class).hasMessageContaining("up_blocks");
  }

  @Test
  void namesAreUniqueAndKnown() {
    AdapterSet a = adapter();
    mix.add("a", a, 1, BlockWeights.none());
    assertThatThrownBy(() -> mix.add("a", a, 1, BlockWeights.none())).isInstanceOf(UserException.class)
        .hasMessageContaining("'a'");
    assertThatThrownBy(() -> mix.remove("b")).isInstanceOf(UserException.class).hasMessageContaining("[a]");
    assertThatThrownBy(() -> new BlockWeights(Map.of("x(", 1.0))).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new BlockWeights(Map.of("x", Double.NaN))).isInstanceOf(UserException.class);
  }
}
