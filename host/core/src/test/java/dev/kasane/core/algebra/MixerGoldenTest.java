package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.ScaledPair;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against PEFT's {@code add_weighted_adapter}; {@code write_mixes.py} made the numbers. */
class MixerGoldenTest {
  private static NDManager scope;
  private static SafetensorsFile file;

  @BeforeAll
  static void open() throws Exception {
    scope = Engines.newManager();
    file = SafetensorsFile.open(Path.of(MixerGoldenTest.class.getResource("mixes.safetensors").toURI()));
  }

  @AfterAll
  static void close() {
    file.close();
    scope.close();
  }

  private static NDArray golden(String key) {
    try {
      return StoredTensors.read(file, key, scope);
    } catch (FileFault e) {
      throw new AssertionError(e);
    }
  }

  private static AdapterModule module(String adapter, String layer) {
    String prefix = adapter + "." + layer + ".";
    return new AdapterModule(layer, Map.of(LoraNames.DOWN, golden(prefix + LoraNames.DOWN),
        LoraNames.UP, golden(prefix + LoraNames.UP)),
        Map.of("alpha", (double) golden(prefix + "alpha").toFloatArray()[0]));
  }

  private static AdapterModel adapter(String name) {
    return Adapters.model(module(name, "fc"), module(name, "conv"));
  }

  @ParameterizedTest
  @CsvSource({
    "cat, c, cat, 0, 1, false, 1",
    "linear, b, linear, 0, 1, false, 1",
    "svd, c, svd, 3, 1, false, 1",
    "svd, c, svd_clamped, 3, 1, false, 0.9",
    "ties, b, ties_total, 0, 0.6, false, 1",
    "ties, b, ties_frequency, 0, 0.6, true, 1",
    "ties-svd, c, ties_svd_total, 4, 0.6, false, 1",
    "ties-svd, c, ties_svd_frequency, 4, 0.6, true, 1",
    "magnitude-prune, b, magnitude_prune, 0, 0.3, false, 1",
    "magnitude_prune_svd, c, magnitude_prune_svd, 4, 0.3, false, 1"
  })
  void mixesAsPeftDoes(String method, String second, String label, int rank, double density,
      boolean frequency, double clamp) {
    Optional<RankRule> rule = rank == 0 ? Optional.empty() : Optional.of(RankRule.fixed(rank));
    MixOptions options = new MixOptions(MixMethod.named(method), rule, density, frequency, clamp, 0);
    AdapterModel mixed = new Mixer(options, Adapters.PLAIN, AlgebraProgress.SILENT).mix(List.of(
        Adapters.part("a", adapter("a"), 0.7), Adapters.part(second, adapter(second), -0.4)), Map.of(), scope)
        .model();
    for (String layer : List.of("fc", "conv")) {
      NDArray found = Adapters.delta(mixed, layer, scope);
      NDArray expected = golden("mix." + label + "." + layer);
      assertThat(found.getShape()).isEqualTo(expected.getShape());
      assertThat(Adapters.error(found, expected)).as(layer).isLessThan(1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"dare-linear, util.dare_linear", "dare-ties, util.dare_ties"})
  void dropsAtRandomAsPeftDoesFromTheSameSeed(String method, String key) {
    MixOptions options = new MixOptions(MixMethod.named(method), Optional.empty(), 0.5, false, 1, 0);
    List<NDArray> tasks = List.of(golden("a.fc." + LoraNames.DOWN), golden("b.fc." + LoraNames.DOWN));
    TaskArithmetic arithmetic = new TaskArithmetic(options, 11, scope);
    NDArray found = arithmetic.merge(arithmetic.sparse(tasks), new double[] {0.7, -0.4});
    assertThat(Adapters.error(found, golden(key))).isLessThan(1e-6);
  }

  /** The same draws for each layer, so the very masks of PEFT, whose generator the script sets layer by layer. */
  @ParameterizedTest
  @CsvSource({"dare-linear-svd, dare_linear_svd", "dare-ties-svd, dare_ties_svd"})
  void dropsEntriesOfUpdatesAsPeftDoesAndCutsToTheRank(String method, String label) {
    MixOptions options =
        new MixOptions(MixMethod.named(method), Optional.of(RankRule.fixed(4)), 0.5, false, 1, 100_000_000);
    AdapterModel mixed = new Mixer(options, Adapters.PLAIN, AlgebraProgress.SILENT).mix(List.of(
        Adapters.part("a", adapter("a"), 0.7), Adapters.part("c", adapter("c"), -0.4)), Map.of(), scope).model();
    for (String layer : List.of("fc", "conv")) {
      NDArray found = Adapters.delta(mixed, layer, scope);
      assertThat(Adapters.error(found, golden("dare." + label + "." + layer))).as(layer).isLessThan(1e-6);
    }
  }

  @Test
  void decomposesFactorsAsTorchDecomposesTheProduct() {
    AdapterModule module = module("a", "fc");
    ScaledPair pair = ScaledPair.of(module, scope).orElseThrow();
    float[] expected = golden("svd.values").toFloatArray();
    double[] found = ALGEBRA.svdOfFactors(scope, pair.down(), pair.up()).values().toDoubleArray();
    assertThat(found).hasSize(4);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i] / expected[i]).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-5));
    }
  }
}
