package dev.kasane.plugin.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import dev.kasane.quant.Originals;
import dev.kasane.quant.QuantisationSettings.Kind;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.Quantizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LoftQ against PEFT, from make_loftq.py, and what it is for: a base that is nearer to what it was. */
class LoftqTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "loftq.safetensors");
  private static final QuantisationSettings NF4 = new QuantisationSettings(Kind.NF4, 64, false);

  private final NDManager scope = Engines.newManager();
  private final LoraMethod method = new LoraMethod();

  @AfterEach
  void close() {
    scope.close();
  }

  private static AdapterOptions options(int rank, String... more) {
    Map<String, String> given = new TreeMap<>(Map.of("init", "loftq", "rank", String.valueOf(rank)));
    for (int i = 0; i < more.length; i += 2) {
      given.put(more[i], more[i + 1]);
    }
    return Layers.options(given);
  }

  private NDArray golden(String key) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(GOLDEN)) {
      return StoredTensors.read(file, key, scope);
    }
  }

  private Linear layer(NDArray weight) {
    Linear layer = new Linear(weight.getShape().get(1), weight.getShape().get(0), false);
    layer.namedWeights().get("weight").set(new DenseWeight(weight));
    return layer;
  }

  private Originals quantise(AdaptableLayer layer, QuantisationSettings settings) {
    return Quantizer.quantiseKeeping(layer, settings, each -> true, scope);
  }

  private static double norm(NDArray difference) {
    return difference.norm().getFloat();
  }

  /** PEFT takes such starts off a dense weight alone. */
  @Test
  void startsThatWereTakenOffTheBaseNeedItDense() {
    Linear layer = layer(Layers.random(scope, 64, 64));
    AdapterModule saved = new AdapterModule("q", Map.of("lora_down.weight", Layers.random(scope, 2, 64),
        "lora_up.weight", Layers.random(scope, 64, 2)), Map.of("alpha", 2.0, AdapterModule.PISSA, 1.0));
    Quantizer.quantise(layer, NF4, each -> true, scope);
    LayerAdapter adapter = method.restore(layer, saved, scope).orElseThrow();
    assertThatThrownBy(() -> adapter.weightDelta(scope, 1)).isInstanceOf(UserException.class)
        .hasMessageContainingAll("is quantised", "pissa", "float32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "nf4-wide", "nf4-blocks"})
  void startsWhereLoftqStartsInPeft(String name) throws IOException {
    NDArray weight = golden(name + ".weight");
    Linear layer = layer(weight.duplicate());
    quantise(layer, NF4);
    NDArray quantised = layer.weight().materialise(scope);
    assertThat(norm(quantised.sub(golden(name + ".quantised")))).isLessThan(1e-5);
    int rank = (int) golden(name + ".rank").getLong();
    LayerAdapter adapter = method.prepare(options(rank)).attach(layer, scope);
    NDArray product = adapter.weightDelta(scope, 1).stopGradient();
    assertThat(norm(product.sub(golden(name + ".product"))) / norm(product)).isLessThan(1e-4);
    assertThat(norm(weight.sub(quantised).sub(product))).isLessThan(norm(weight.sub(quantised)) * 0.95);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theLayerIsNearerToTheDenseOneWhateverTheStorageAndTheScale(Kind kind) {
    NDArray weight = Layers.random(scope, 40, 64);
    NDArray x = Layers.random(scope, 6, 64);
    Linear layer = layer(weight.duplicate());
    NDArray dense = layer.forward(x);
    quantise(layer, new QuantisationSettings(kind, 64, false));
    double without = norm(layer.forward(x).sub(dense));
    for (String alpha : new String[] {"4", "16"}) {
      LayerAdapter adapter = method.prepare(options(4, "alpha", alpha)).attach(layer, scope);
      Attachment attachment = new Attachment(adapter, 1);
      layer.attach(attachment);
      assertThat(norm(layer.forward(x).stopGradient().sub(dense))).isBetween(0.01 * without, 0.97 * without);
      layer.detach(attachment);
    }
  }

  /** Nothing of the start is left out of what is saved: on the same quantised base it is the same adapter. */
  @Test
  void isSavedAsAPlainLoraForTheQuantisedBase() {
    Linear layer = layer(Layers.random(scope, 32, 64));
    quantise(layer, NF4);
    LayerAdapter adapter = method.prepare(options(4, "alpha", "8")).attach(layer, scope);
    AdapterModule saved = adapter.saved();
    assertThat(saved.tensors().get(LoraNames.DOWN).getShape().getShape()).containsExactly(4, 64);
    NDArray again = method.restore(layer, saved, scope).orElseThrow().weightDelta(scope, 1);
    assertThat(norm(again.stopGradient().sub(adapter.weightDelta(scope, 1).stopGradient()))).isZero();
  }

  @Test
  void isRefusedWhereNothingWasLostOrTheDenseWeightIsGone() {
    Linear layer = layer(Layers.random(scope, 32, 64));
    assertThat(method.prepare(options(4)).needsOriginals()).isTrue();
    assertThat(method.prepare(Layers.options(Map.of("init", "pissa"))).needsOriginals()).isFalse();
    assertRefused(layer, "float32");
    quantise(layer, NF4).close();
    assertRefused(layer, "nf4");
    Linear other = layer(Layers.random(scope, 32, 64));
    Quantizer.quantise(other, NF4, each -> true, scope);
    assertRefused(other, "nf4");
  }

  private void assertRefused(Linear layer, String storage) {
    assertThatThrownBy(() -> method.prepare(options(4)).attach(layer, scope)).isInstanceOf(UserException.class)
        .hasMessageContainingAll("in " + storage, "«base type nf4»", "another init");
  }
}
