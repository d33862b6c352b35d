package dev.kasane.text.model;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.AdapterRouter;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.text.Goldens;
import dev.kasane.text.RandomDelta;
import dev.kasane.text.RandomLowRank;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One token by itself goes through a layer in one call, and must come to what a whole text comes to. */
class TokenLayerTest {
  private static final int TOKENS = 12;

  private NDManager scope;
  private GradMode off;

  @BeforeEach
  void open() {
    scope = Engines.newManager();
    off = GradMode.off();
    TorchBridge.seed(5);
  }

  @AfterEach
  void close() {
    off.close();
    scope.close();
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void everyProjectionHasItsUpdates(String name) {
    CausalLm model = Goldens.model(name, scope);
    TokenBatch text = text(name);
    NDArray base = model.logits(text, scope);
    assertThat(layers(model)).as("bare").allMatch(layer -> TokenLayer.of(layer, Device.cpu()).isPresent());
    attach(model, new RandomLowRank(), "all-linear").multiplier(0.7);
    assertThat(layers(model)).as("adapted").allMatch(layer -> TokenLayer.of(layer, Device.cpu()).isPresent());
    NDArray one = model.logits(text, scope);
    assertThat(distance(one, base)).as("effect of an adapter").isGreaterThan(1e-2);
    assertThat(distance(tokenByToken(model, text), one)).isLessThan(1e-5);
    attach(model, new RandomLowRank(), "all-linear").multiplier(-0.4);
    NDArray two = model.logits(text, scope);
    assertThat(distance(two, one)).as("effect of another").isGreaterThan(1e-2);
    assertThat(distance(tokenByToken(model, text), two)).isLessThan(1e-5);
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void updatesOfOtherKindsCountAsWell(String name) {
    CausalLm model = Goldens.model(name, scope);
    TokenBatch text = text(name);
    attach(model, new RandomLowRank(), "all-linear");
    NDArray one = model.logits(text, scope);
    attach(model, new RandomDelta(), "all-linear");
    assertThat(layers(model)).allMatch(layer -> TokenLayer.of(layer, Device.cpu()).isEmpty());
    NDArray two = model.logits(text, scope);
    assertThat(distance(two, one)).as("effect").isGreaterThan(1e-2);
    assertThat(distance(tokenByToken(model, text), two)).isLessThan(1e-5);
  }

  @Test
  void aWeightOfAnotherTypeIsConverted() {
    CausalLm model = Goldens.model("llama", scope);
    TokenBatch text = text("llama");
    model.adaptableLayers().values().forEach(layer ->
        layer.replaceWeight(new DenseWeight(OPS.cast(layer.weight().materialise(scope), DataType.BFLOAT16))));
    assertThat(layers(model)).allMatch(layer -> TokenLayer.of(layer, Device.cpu()).isEmpty());
    assertThat(distance(tokenByToken(model, text), model.logits(text, scope))).isLessThan(1e-5);
  }

  @Test
  void aSingleRowHasTheAdaptersThatItIsRoutedTo() {
    CausalLm model = Goldens.model("llama", scope);
    TokenBatch text = text("llama");
    NDArray base = model.logits(text, scope);
    AdapterSet set = attach(model, new RandomLowRank(), "all-linear");
    NDArray adapted = model.logits(text, scope);
    try (AdapterRouter router = new AdapterRouter(Map.of("a", set), scope)) {
      router.route(List.of(Set.of("a")));
      assertThat(distance(tokenByToken(model, text), adapted)).isLessThan(1e-5);
      assertThat(layers(model)).allMatch(layer -> TokenLayer.of(layer, Device.cpu()).isPresent());
      router.route(List.of(Set.of()));
      assertThat(layers(model)).allMatch(layer -> TokenLayer.of(layer, Device.cpu()).isPresent());
      assertThat(distance(tokenByToken(model, text), base)).isLessThan(1e-5);
      router.route(List.of(Set.of("a"), Set.of("a")));
      assertThatThrownBy(() -> tokenByToken(model, text)).isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("2 rows");
    }
  }

  private AdapterSet attach(CausalLm model, AdapterMethod method, String... targets) {
    return Injector.attachFresh(CausalLm.COMPONENT, model, TargetSelector.of(List.of(targets), List.of()),
        new MethodChoice(method, Map.of()), scope);
  }

  private static List<DecoderLayer> layers(CausalLm model) {
    List<DecoderLayer> layers = model.namedModules().values().stream().filter(DecoderLayer.class::isInstance)
        .map(DecoderLayer.class::cast).toList();
    assertThat(layers).hasSize(model.config().layers().count());
    return layers;
  }

  private TokenBatch text(String name) {
    return Goldens.batch(name, "long.ids", null, scope).columns(0, TOKENS);
  }

  private NDArray tokenByToken(CausalLm model, TokenBatch text) {
    try (KeyValueCache cache = model.newCache(1, TOKENS, scope)) {
      NDArray all = null;
      for (int at = 0; at < TOKENS; at++) {
        NDArray one = model.logits(text.columns(at, at + 1), cache, scope);
        all = all == null ? one : all.concat(one, 1);
      }
      return all;
    }
  }

  private static double distance(NDArray a, NDArray b) {
    return a.sub(b).abs().max().toFloatArray()[0] / b.abs().max().toFloatArray()[0];
  }
}
