package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.algebra.DeltaSource;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.KnownBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that sd-scripts wrote, and the updates that they have there; {@code make_sd_scripts.py} made both. */
class SdScriptsTest {
  private static final Path FILES = Path.of("src", "test", "resources", "golden");
  private static final String DELTA = "delta.";
  private static final String PROBE = "probe.";

  @TempDir
  private Path folder;

  private final NDManager scope = Engines.newManager();
  private final Map<String, NDArray> expected = new TreeMap<>();
  private AdapterModel read;
  private KeyTable table;

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void updatesOfLinearLayersAndConvolutionsAreTheirs() throws IOException {
    open("sd-scripts-sd1", BaseLayers.tiny());
    assertThat(read.components().get("unet")).hasSize(197);
    Map<String, NDArray> deltas = named(DELTA);
    assertThat(deltas).hasSize(7);
    deltas.forEach((name, wanted) -> {
      NDArray found = delta(name);
      assertThat(found.getShape()).as(name).isEqualTo(wanted.getShape());
      assertThat(found.sub(wanted).abs().max().toFloatArray()[0]).as(name).isLessThan(1e-6f);
      assertThat(wanted.abs().max().toFloatArray()[0]).as(name).isGreaterThan(0.1f);
    });
  }

  @Test
  void updatesOfXlAreTheirsInBlockNamesOfTheOriginalAndTwoTextEncoders() throws IOException {
    open("sd-scripts-sdxl", KnownBase.SDXL.layers());
    assertThat(read.components()).containsOnlyKeys("unet", "text_encoder", "text_encoder_2");
    Map<String, NDArray> probes = named(PROBE);
    assertThat(probes).hasSize(5);
    probes.forEach((name, wanted) -> {
      double[] found = probe(delta(name));
      double[] right = wanted.toDoubleArray();
      assertThat(found).as(name).hasSameSizeAs(right);
      double magnitude = wanted.abs().max().toDoubleArray()[0];
      assertThat(magnitude).as(name).isGreaterThan(0.01);
      for (int i = 0; i < right.length; i++) {
        assertThat(Math.abs(found[i] - right[i])).as(name).isLessThan(1e-6 * magnitude);
      }
    });
  }

  /** The same tensors under the same names and in the same order, so the hash of the data is the same, too. */
  @Test
  void writtenBackTheyHaveTheKeysAndTheHashThatSdScriptsGaveThem() throws IOException {
    for (String name : List.of("sd-scripts-sd1", "sd-scripts-sdxl")) {
      open(name, name.endsWith("xl") ? KnownBase.SDXL.layers() : BaseLayers.tiny());
      Path copy = folder.resolve(name + ".safetensors");
      new KohyaFormat().write(read, copy, name.endsWith("xl") ? ElementType.BFLOAT16 : ElementType.FLOAT16);
      try (SafetensorsFile before = SafetensorsFile.open(FILES.resolve(name + ".safetensors"));
          SafetensorsFile after = SafetensorsFile.open(copy)) {
        assertThat(after.tensors().keySet()).isEqualTo(before.tensors().keySet());
        Map<String, String> kept = new TreeMap<>(before.metadata());
        assertThat(after.metadata()).containsAllEntriesOf(kept);
        assertThat(kept.get("sshs_model_hash")).hasSize(64);
      }
    }
  }

  @Test
  void everyNameThatSdScriptsTrainInXlLeadsToALayerAndIsTheOneWritten() throws IOException {
    table = new KeyTable(KnownBase.SDXL.layers());
    WrittenNames written = new WrittenNames(KnownBase.SDXL.layers().keySet(), true);
    Set<String> paths = new HashSet<>();
    List<String> names = Files.readAllLines(FILES.resolve("sd-scripts-sdxl-names.txt"));
    assertThat(names).hasSize(788).allSatisfy(name -> {
      KeyTable.Place place = table.find(name).orElseThrow();
      assertThat(paths.add(place.path())).isTrue();
      assertThat(written.of(place.component(), place.path())).isEqualTo(name);
    });
  }

  private void open(String name, Map<String, Collection<String>> layers) throws IOException {
    expected.clear();
    table = new KeyTable(layers);
    read = new KohyaFormat().read(FILES.resolve(name + ".safetensors"), layers, scope);
    assertThat(read.unmatched()).isEmpty();
    try (TensorSource source = TensorSources.open(FILES.resolve(name + "-expected.safetensors"))) {
      source.names().forEach(key -> expected.put(key, source.read(key, scope)));
    }
  }

  private Map<String, NDArray> named(String prefix) {
    Map<String, NDArray> found = new TreeMap<>();
    expected.forEach((key, tensor) -> {
      if (key.startsWith(prefix)) {
        found.put(key.substring(prefix.length()), tensor);
      }
    });
    return found;
  }

  private NDArray delta(String name) {
    KeyTable.Place place = table.find(name).orElseThrow();
    AdapterModule module = read.components().get(place.component()).stream()
        .filter(each -> each.path().equals(place.path())).findFirst().orElseThrow();
    return new DeltaSource(List.of(), LayerTable.of("no base", Map.of()))
        .delta(place.component(), module, 1, scope);
  }

  private static double[] probe(NDArray delta) {
    int rows = (int) delta.getShape().get(0);
    float[] values = delta.toType(DataType.FLOAT32, true).toFloatArray();
    int columns = values.length / rows;
    double[] sums = new double[rows];
    for (int i = 0; i < values.length; i++) {
      sums[i / columns] += values[i] * Math.cos(i % columns);
    }
    return sums;
  }
}
