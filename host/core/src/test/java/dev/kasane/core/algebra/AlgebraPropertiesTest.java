package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for every adapter. */
class AlgebraPropertiesTest {
  private static final int TRIES = 30;

  private static AdapterModule layer(int form, int out, int in, int rank, NDManager scope) {
    double alpha = 1 + rank / 2.0;
    return switch (form) {
      case 0 -> Adapters.linear("layer", out, in, rank, alpha, scope);
      case 1 -> Adapters.convolution("layer", out, in, rank, alpha, scope);
      default -> Adapters.tucker("layer", out, in, rank, alpha, scope);
    };
  }

  @Property(tries = TRIES)
  void aConcatenationIsTheWeightedSum(@ForAll @IntRange(max = 2) int form,
      @ForAll @IntRange(min = 1, max = 9) int out, @ForAll @IntRange(min = 1, max = 9) int in,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 12) Integer> ranks,
      @ForAll @DoubleRange(min = -2, max = 2) double weight, @ForAll long seed) {
    try (NDManager scope = Engines.newManager()) {
      Engines.seed(seed);
      List<MixPart> parts = new ArrayList<>();
      for (int rank : ranks) {
        AdapterModel model = Adapters.model(layer(form, out, in, rank, scope));
        parts.add(Adapters.part("part " + rank, model, parts.isEmpty() ? 1 : weight));
      }
      AdapterModel mixed = new Mixer(MixOptions.of(MixMethod.CAT), Adapters.PLAIN, AlgebraProgress.SILENT)
          .mix(parts, Map.of(), scope).model();
      double error = new Verifier(Adapters.PLAIN).distanceFromSum(mixed, Map.of(), parts, scope);
      assertThat(error).isLessThan(Verifier.bound(ElementType.FLOAT32));
    }
  }

  @Property(tries = TRIES)
  void atItsWholeRankAnUpdateStaysWhatItIs(@ForAll @IntRange(max = 2) int form,
      @ForAll @IntRange(min = 1, max = 9) int out, @ForAll @IntRange(min = 1, max = 9) int in,
      @ForAll @IntRange(min = 1, max = 12) int rank, @ForAll long seed) {
    try (NDManager scope = Engines.newManager()) {
      Engines.seed(seed);
      AdapterModel model = Adapters.model(layer(form, out, in, rank, scope));
      RankRule rule = RankRule.fixed(rank);
      AdapterModel resized = new Resizer("file", rule, rule, AlgebraProgress.SILENT).resize(model, Map.of(), scope).model();
      NDArray before = Adapters.delta(model, "layer", scope);
      assertThat(Adapters.error(Adapters.delta(resized, "layer", scope), before)).isLessThan(2e-6);
    }
  }

  @Property(tries = TRIES)
  void whatResizingLosesIsWhatItSays(@ForAll @IntRange(max = 2) int form,
      @ForAll @IntRange(min = 1, max = 8) int rank, @ForAll @DoubleRange(min = 0.1, max = 1) double share,
      @ForAll long seed) {
    try (NDManager scope = Engines.newManager()) {
      Engines.seed(seed);
      AdapterModel model = Adapters.model(layer(form, 9, 7, 8, scope));
      RankRule rule = RankRule.of(RankRule.Kind.FROBENIUS, share).within(1, rank);
      Resizer.Resized resized = new Resizer("file", rule, rule, AlgebraProgress.SILENT).resize(model, Map.of(), scope);
      double distance = ALGEBRA.distance(Adapters.delta(resized.model(), "layer", scope),
          Adapters.delta(model, "layer", scope));
      Resizer.Kept kept = resized.layers().get("unet.layer");
      assertThat(Math.abs(distance - kept.lost()) / kept.whole()).isLessThan(1e-6);
      assertThat(kept.after()).isLessThanOrEqualTo(rank);
      if (kept.after() < rank) {
        assertThat(kept.share()).isLessThanOrEqualTo(Math.sqrt(1 - share * share) + 1e-6);
      }
    }
  }
}
