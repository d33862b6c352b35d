package dev.kasane.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the benchmark's work to the published sizes, without weights and without libtorch. */
class BenchmarkSizeTest {
  private static final long RANK = 8;

  @Test
  void theFullSizeIsTheUnetOfStableDiffusion15() {
    assertThat(numbersOf(BenchmarkSize.FULL)).isEqualTo(859_520_964);
  }

  @Test
  void adaptersOfRankEightOnItsAttentionHaveTheSizeThatPeftGivesThem() {
    UNet2DConditionModel unet = new UNet2DConditionModel(BenchmarkSize.FULL.config());
    Set<String> targets = TargetSelector.of(List.of(), List.of()).select(unet.adaptableLayers()).keySet();
    assertThat(targets).hasSize(128);
    assertThat(targets.stream().map(path -> unet.namedWeights().get(path + ".weight").shape())
        .mapToLong(shape -> RANK * (shape.get(0) + shape.get(1))).sum()).isEqualTo(1_594_368);
  }

  @Test
  void theTinySizeIsMuchSmallerAndOfTheSameBuild() {
    assertThat(numbersOf(BenchmarkSize.TINY)).isBetween(1_000_000L, 20_000_000L);
    assertThat(new UNet2DConditionModel(BenchmarkSize.TINY.config()).namedWeights().keySet())
        .isEqualTo(new UNet2DConditionModel(BenchmarkSize.FULL.config()).namedWeights().keySet());
  }

  @Test
  void anUnknownSizeIsNamedBesideTheKnownOnes() {
    assertThatThrownBy(() -> BenchmarkSize.parse("huge")).isInstanceOf(UserException.class)
        .hasMessageContaining("'huge'").hasMessageContaining("full, tiny");
  }

  private static long numbersOf(BenchmarkSize size) {
    return new UNet2DConditionModel(size.config()).namedWeights().values().stream()
        .mapToLong(weight -> weight.shape().size()).sum();
  }
}
