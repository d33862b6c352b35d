package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.injection.AdaptedLayer;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.WholeWeight;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.safetensors.TensorEntry;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.StoredTensors;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import dev.kasane.plugin.lora.LoraMethod;
import dev.kasane.plugin.lycoris.DoraMethod;
import dev.kasane.plugin.lycoris.GloraMethod;
import dev.kasane.plugin.lycoris.LohaMethod;
import dev.kasane.plugin.lycoris.kronecker.LokrMethod;
import dev.kasane.plugin.lycoris.whole.FullMethod;
import dev.kasane.plugin.lycoris.whole.NormMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever spelling and shape a tool stores a layer in, ΔW is what it is there; see {@code make_spellings.py}. */
class SpellingsTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "spellings.safetensors");
  private static final List<AdapterMethod> METHODS = List.of(new LoraMethod(), new DoraMethod(), new LohaMethod(),
      new LokrMethod(), new GloraMethod(), new FullMethod(), new NormMethod());
  private static final double TOLERANCE = 2e-6;
  private static final NDManager OWNER = Engines.newManager();
  private static ImageModel model;

  @TempDir
  private Path folder;

  @BeforeAll
  static void open() {
    model = ImageModels.open(BaseLayers.GOLDEN.resolve("sd1-tiny"), BaseOptions.none(), ElementType.FLOAT32, OWNER);
  }

  @AfterAll
  static void close() {
    OWNER.close();
  }

  static List<String> cases() throws IOException {
    try (SafetensorsFile golden = SafetensorsFile.open(GOLDEN)) {
      List<String> names = golden.tensors().keySet().stream().filter(key -> key.contains("!"))
          .map(key -> key.substring(0, key.indexOf('!'))).distinct().sorted().toList();
      assertThat(names).hasSizeGreaterThan(60);
      return names;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void meansWhatItMeansToTheToolThatWritesIt(String name) throws IOException {
    try (SafetensorsFile golden = SafetensorsFile.open(GOLDEN); NDManager scope = OWNER.newSubManager();
        GradMode off = GradMode.off()) {
      Path file = folder.resolve("file.safetensors");
      SafetensorsWriter.write(file, stored(golden, name + "!"), Map.of());
      assertThat(new KohyaFormat().recognise(keys(file))).isNotEmpty();
      AdapterModel read = new KohyaFormat().read(file, layers(), scope);
      requireExpected(golden, name, read, scope);
      Path again = folder.resolve("again.safetensors");
      new KohyaFormat().write(read, again, ElementType.FLOAT32);
      requireExpected(golden, name, new KohyaFormat().read(again, layers(), scope), scope);
    }
  }

  private static void requireExpected(SafetensorsFile golden, String name, AdapterModel read, NDManager scope)
      throws IOException {
    Injector.Restored restored = Injector.restore(model.components(), read, METHODS, 1, scope);
    restored.report().requireComplete();
    Map<String, NDArray> found = updates(restored.set(), scope);
    restored.set().detach();
    List<String> expected = golden.tensors().keySet().stream().filter(key -> key.startsWith(name + "?")).toList();
    assertThat(expected).isNotEmpty();
    for (String key : expected) {
      String place = key.substring(key.indexOf('?') + 1);
      assertThat(found).containsKey(place);
      assertThat(distance(found.get(place), StoredTensors.read(golden, key, scope))).as(place).isLessThan(TOLERANCE);
    }
  }

  /** What a set adds, by {@code component:layer}, that of a bias with {@code #bias} behind. */
  private static Map<String, NDArray> updates(AdapterSet set, NDManager scope) {
    Map<String, NDArray> updates = new LinkedHashMap<>();
    for (AdaptedLayer each : set.layers()) {
      TargetLayer layer = each.layer();
      String place = each.component() + ":" + layer.path();
      updates.put(place, each.adapter().weightDelta(scope, 1));
      each.adapter().biasDelta(scope, 1).ifPresent(bias -> updates.put(place + "#bias", bias));
    }
    // While it is attached a whole weight covers the base's.
    set.detach();
    for (WholeWeight each : set.wholes()) {
      NDArray base = model.components().get(each.component()).namedWeights()
          .get(each.path() + "." + each.parameter()).get().materialise(scope);
      updates.put(each.component() + ":" + each.path(), each.values().sub(base));
    }
    return updates;
  }

  private static List<TensorDeclaration> stored(SafetensorsFile golden, String prefix) {
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (TensorEntry entry : golden.tensors().values()) {
      if (entry.name().startsWith(prefix)) {
        tensors.add(new TensorDeclaration(entry.name().substring(prefix.length()), entry.dtype(), entry.shape(),
            channel -> channel.write(golden.map(entry.name()))));
      }
    }
    return tensors;
  }

  private static Map<String, Collection<String>> layers() {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    model.components().forEach((part, module) -> layers.put(part, module.restorableLayers().keySet()));
    return layers;
  }

  private static Set<String> keys(Path file) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      return opened.tensors().keySet();
    }
  }

  /** The largest difference over the largest expected magnitude. */
  private static double distance(NDArray actual, NDArray expected) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    double difference = actual.sub(expected).abs().max().toFloatArray()[0];
    assertThat(difference).isFinite();
    return difference / expected.abs().max().toFloatArray()[0];
  }
}
