package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.algebra.RankRule.Kind;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against kohya's sd-scripts; {@code write_sd_scripts.py} made the numbers. Updates are compared, not factors. */
class SdScriptsTest {
  private static final double EXACT = 1e-6;
  /** The quantile of sd-scripts. At 1 they still cut entries below the negative of the largest; Kasane cuts none. */
  private static final double CLAMP = 0.99;
  private static final String ALPHA = ".alpha";
  private static final List<String> LAYERS = List.of("block_narrow", "block_wide", "block_proj", "resnet_conv");
  private static final List<String> LINEAR = List.of("block_narrow", "block_wide", "block_untrained");
  /** Of these sd-scripts give 1×1 convolutions the rank of convolutions when they resize. */
  private static final List<String> CONVOLUTIONS = List.of("block_proj", "resnet_conv");

  private static NDManager scope;
  private static SafetensorsFile file;

  @BeforeAll
  static void open() throws Exception {
    scope = Engines.newManager();
    file = SafetensorsFile.open(Path.of(SdScriptsTest.class.getResource("sd-scripts.safetensors").toURI()));
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

  private static AdapterModel adapter(String prefix, List<String> layers) {
    return Adapters.model(layers.stream().filter(layer -> file.tensors().containsKey(prefix + layer + ALPHA))
        .map(layer -> new AdapterModule(layer, Map.of(
            LoraNames.DOWN, golden(prefix + layer + "." + LoraNames.DOWN),
            LoraNames.UP, golden(prefix + layer + "." + LoraNames.UP)),
            Map.of(AdapterModule.ALPHA, (double) golden(prefix + layer + ALPHA).toFloatArray()[0])))
        .toArray(AdapterModule[]::new));
  }

  private static int rank(AdapterModel model, String layer) {
    return (int) model.components().get("unet").stream().filter(each -> each.path().equals(layer)).findFirst()
        .orElseThrow().tensors().get(LoraNames.DOWN).getShape().get(0);
  }

  private static void requireSame(AdapterModel found, AdapterModel expected, List<String> layers) {
    for (String layer : layers) {
      assertThat(rank(found, layer)).as(layer).isEqualTo(rank(expected, layer));
      NDArray wanted = Adapters.delta(expected, layer, scope);
      NDArray delta = Adapters.delta(found, layer, scope);
      assertThat(delta.getShape()).as(layer).isEqualTo(wanted.getShape());
      double error = ALGEBRA.distance(delta, wanted);
      assertThat(error).as(layer).isLessThanOrEqualTo(EXACT * ALGEBRA.norm(wanted));
    }
  }

  @ParameterizedTest
  @CsvSource({"fixed, FIXED, 0, 3, 2", "sv_ratio, SV_RATIO, 6, 7, 7", "sv_cumulative, SV_CUMULATIVE, 0.7, 7, 7",
      "sv_fro, SV_FRO, 0.9, 7, 7", "capped, SV_FRO, 0.97, 2, 2"})
  void resizesToTheSameRanksAndUpdates(String way, Kind kind, double target, int rank, int convolutionRank) {
    AdapterModel wanted = adapter("resize." + way + ".", List.of("block_narrow", "block_wide", "block_untrained",
        "block_proj", "resnet_conv"));
    requireSame(resized(LINEAR, new RankRule(kind, target, 1, rank)), wanted, LINEAR);
    requireSame(resized(CONVOLUTIONS, new RankRule(kind, target, 1, convolutionRank)), wanted, CONVOLUTIONS);
  }

  private static AdapterModel resized(List<String> layers, RankRule rule) {
    return new Resizer("a", rule, rule, AlgebraProgress.SILENT).resize(adapter("a.", layers), Map.of(), scope).model();
  }

  @Test
  void mixesByDecompositionToTheSameUpdates() {
    AdapterModel wanted = adapter("svd_merge.", LAYERS);
    for (String layer : LAYERS) {
      RankRule rule = RankRule.fixed(layer.equals("resnet_conv") ? 3 : 5);
      requireSame(mixed(MixMethod.SVD, Optional.of(rule), CLAMP, List.of(layer), 0.7, -0.4), wanted, List.of(layer));
    }
  }

  private static AdapterModel mixed(MixMethod method, Optional<RankRule> rank, double clamp, List<String> layers,
      double first, double second) {
    MixOptions options = new MixOptions(method, rank, 1, false, clamp, 0);
    return new Mixer(options, Adapters.PLAIN, AlgebraProgress.SILENT).mix(List.of(
        Adapters.part("a", adapter("a.", layers), first), Adapters.part("b", adapter("b.", layers), second)),
        Map.of(), scope).model();
  }

  /**
   * {@code merge_lora --concat} puts a ratio on both factors, so that it counts squared, and keeps the first alpha at
   * the new rank. With the weights that this amounts to, the exact sum is what it makes.
   */
  @Test
  void concatenationIsTheirsWithRatiosSquaredAndTheRankOfTheSum() {
    AdapterModel wanted = adapter("concat.", LAYERS);
    for (String layer : LAYERS) {
      double first = layer.equals("resnet_conv") ? 6 : 8;
      double sum = first + 4;
      requireSame(mixed(MixMethod.CAT, Optional.empty(), 1, List.of(layer), 0.7 * 0.7 * first / sum,
          -0.4 * 0.4 * 4 / sum), wanted, List.of(layer));
    }
  }

  @Test
  void mergedWeightsAreTheSame() {
    for (String layer : LAYERS) {
      NDArray found = golden("base." + layer)
          .add(Adapters.delta(adapter("a.", LAYERS), layer, scope).mul(0.7))
          .sub(Adapters.delta(adapter("b.", LAYERS), layer, scope).mul(0.4));
      NDArray wanted = golden("merged." + layer);
      assertThat(found.sub(wanted).abs().max().toFloatArray()[0]).as(layer).isLessThan(1e-6f);
      assertThat(Adapters.error(golden("base." + layer), wanted)).as(layer).isGreaterThan(0.01);
    }
  }

  @Test
  void extractsTheSameUpdates() {
    Extractor.Extracted found = new Extractor(RankRule.fixed(3), RankRule.fixed(2), CLAMP, 1e-6, AlgebraProgress.SILENT)
        .extract(new Weights("base."), new Weights("merged."), Map.of(), scope);
    assertThat(found.equal()).isEmpty();
    requireSame(found.model(), adapter("extract.", LAYERS), LAYERS);
  }

  /** A model in the golden file. */
  private record Weights(String name) implements LayerTable {
    @Override
    public Map<String, Collection<String>> paths() {
      return Map.of("unet", LAYERS);
    }

    @Override
    public Optional<Shape> shape(String component, String path) {
      return weight(component, path, scope).map(NDArray::getShape);
    }

    @Override
    public Optional<NDArray> weight(String component, String path, NDManager owner) {
      return Optional.of(golden(name + path));
    }
  }
}
