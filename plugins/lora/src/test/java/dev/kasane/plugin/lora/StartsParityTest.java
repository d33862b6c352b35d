package dev.kasane.plugin.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LiveUpdate.Phase;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.StoredTensors;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.Trainer;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DoRA, PiSSA and OLoRA against PEFT; factors have no sign of their own, so products are compared. */
class StartsParityTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "starts.safetensors");
  private static final int RANK = 3;
  private static final double ALPHA = 5;
  private static final int STEPS = 10;
  private final NDManager scope = Engines.newManager();
  private final LoraMethod method = new LoraMethod();
  private final Map<String, NDArray> golden = new HashMap<>();

  @BeforeEach
  void seed() {
    TorchBridge.seed(5);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private AdaptableLayer read(String name) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(GOLDEN)) {
      for (String key : file.tensors().keySet()) {
        if (key.startsWith(name + ".")) {
          golden.put(key.substring(name.length() + 1), StoredTensors.read(file, key, scope));
        }
      }
    }
    long[] shape = golden.get("weight").getShape().getShape();
    AdaptableLayer layer = shape.length == 2 ? new Linear(shape[1], shape[0], golden.containsKey("bias"))
        : new Conv2d(shape[1], shape[0], (int) shape[2], 1, (int) shape[2] / 2);
    layer.namedWeights().forEach((key, weight) -> weight.set(new DenseWeight(golden.get(key))));
    return layer;
  }

  private double scale() {
    return golden.get("scale").toFloatArray()[0];
  }

  private LayerAdapter dora(AdaptableLayer layer) {
    NDArray magnitude = golden.get("magnitude");
    Map<String, NDArray> saved = new LinkedHashMap<>();
    saved.put("lora_down.weight", golden.get("A"));
    saved.put("lora_up.weight", golden.get("B"));
    saved.put("dora_scale", magnitude.reshape(new Shape(magnitude.size(), 1)));
    LayerAdapter adapter = method.restore(
        layer, new AdapterModule("", saved, Map.of("alpha", scale() * RANK)), scope).orElseThrow();
    adapter.tensors().values().forEach(tensor -> tensor.setRequiresGradient(true));
    return adapter;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dora", "dora-no-bias", "dora-conv", "dora-conv1"})
  void magnitudesDoWhatTheyDoInPeft(String name) throws IOException {
    AdaptableLayer layer = read(name);
    LayerAdapter adapter = dora(layer);
    layer.attach(new Attachment(adapter, 1));
    NDArray x = golden.get("x");
    x.setRequiresGradient(true);
    try (GradMode on = GradMode.on()) {
      NDArray y = layer.forward(x);
      assertClose(y, golden.get("y"), 1e-5);
      TorchBridge.backward(y.sub(golden.get("target")).square().mean(), scope.create(1f));
    }
    assertThat(largest(adapter.weightDelta(scope, 1).sub(golden.get("delta")))).isLessThan(1e-6);
    assertClose(x.getGradient(), golden.get("dx"), 1e-4);
    assertClose(adapter.tensors().get("lora_down.weight").getGradient(), golden.get("dA"), 1e-4);
    assertClose(adapter.tensors().get("lora_up.weight").getGradient(), golden.get("dB"), 1e-4);
    NDArray magnitude = adapter.tensors().get("dora_scale").getGradient();
    assertClose(magnitude.reshape(golden.get("dmagnitude").getShape()), golden.get("dmagnitude"), 1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dora", "dora-no-bias", "dora-conv", "dora-conv1"})
  void tenStepsOfDoraEndWherePeftEnds(String name) throws IOException {
    AdaptableLayer layer = read(name);
    assertEndsAsInPeft(layer, dora(layer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pissa", "pissa-wide", "pissa-niter-16", "olora", "olora-wide"})
  void startsFromThePartOfTheWeightThatPeftTakes(String name) throws IOException {
    AdaptableLayer layer = read(name);
    LayerAdapter adapter = fresh(name, layer);
    NDArray product = adapter.tensors().get("lora_up.weight").stopGradient()
        .matMul(adapter.tensors().get("lora_down.weight").stopGradient()).mul(scale());
    NDArray taken = golden.get("weight").sub(golden.get("residual"));
    assertThat(largest(taken)).isGreaterThan(0.05);
    assertThat(largest(product.sub(taken))).isLessThan(name.contains("niter") ? 1e-5 : 1e-6);
    assertThat(largest(adapter.weightDelta(scope, 1))).isZero();
    NDArray x = golden.get("x");
    assertThat(largest(adapter.forward(x, 1, Phase.INFERENCE))).isZero();
    layer.attach(new Attachment(adapter, 1));
    assertClose(layer.forward(x), golden.get("y"), 1e-5);
  }

  private LayerAdapter fresh(String name, AdaptableLayer layer) {
    String init = name.replace("-wide", "");
    return method.prepare(Layers.options(Map.of("rank", String.valueOf(RANK), "alpha", String.valueOf(ALPHA),
        "init", init, "use-rslora", String.valueOf(name.equals("pissa-wide"))))).attach(layer, scope);
  }

  /** AdamW treats a factor and its mirror image alike, so the sums must agree where the signs need not. */
  @ParameterizedTest
  @ValueSource(strings = {"pissa", "pissa-wide", "olora", "olora-wide"})
  void tenStepsEndWherePeftEnds(String name) throws IOException {
    AdaptableLayer layer = read(name);
    assertEndsAsInPeft(layer, fresh(name, layer));
  }

  private void assertEndsAsInPeft(AdaptableLayer layer, LayerAdapter adapter) {
    layer.attach(new Attachment(adapter, 1));
    List<Double> losses = new ArrayList<>();
    AdamW optimizer = new AdamW(adapter.tensors(), AdamW.Settings.DEFAULT, scope);
    LearningRate rate = new LearningRate(LearningRate.Kind.CONSTANT, 1e-2, 0, STEPS);
    new Trainer<String>(
        (batch, inner) -> layer.forward(golden.get("x")).sub(golden.get("target")).square().mean(),
        number -> "the golden batch", optimizer, new TrainingPlan(STEPS, 1, rate, 0, 1),
        List.of(new TrainingListener() {
          @Override
          public void onStep(StepReport step) {
            losses.add(step.loss());
          }
        })).run(0);
    float[] expected = golden.get("losses").toFloatArray();
    for (int i = 0; i < STEPS; i++) {
      assertThat(losses.get(i)).isCloseTo(expected[i], within(1e-4 * expected[i]));
    }
    assertThat(expected[STEPS - 1]).isLessThan(expected[0]);
    assertClose(adapter.weightDelta(scope, 1), golden.get("after"), 1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pissa", "olora-wide"})
  void isSavedAsAPlainLoraOfTwiceTheRankForTheBaseAsItWas(String name) throws IOException {
    AdaptableLayer layer = read(name);
    LayerAdapter adapter = fresh(name, layer);
    adapter.tensors().values().forEach(tensor -> {
      tensor.setRequiresGradient(false);
      tensor.addi(tensor.mul(0.5f));
    });
    AdapterModule saved = adapter.saved();
    LayerAdapter restored = method.restore(layer, saved, scope).orElseThrow();
    assertThat(restored.facts()).containsEntry("rank", 2.0 * RANK);
    NDArray delta = adapter.weightDelta(scope, 1);
    assertThat(largest(delta)).isGreaterThan(0.05);
    assertClose(restored.weightDelta(scope, 1), delta, 1e-6);
    adapter.saved();
    assertThat(saved.tensors().get("lora_up.weight").isReleased()).as("the copy before is given back").isTrue();
  }

  @Test
  void aRankAboveTheWeightsOrAConvolutionCannotStartFromIt() {
    assertThatThrownBy(() -> method.prepare(Layers.options(Map.of("rank", "4", "init", "pissa")))
        .attach(Layers.linear(scope, 4, 3), scope))
        .isInstanceOf(UserException.class).hasMessageContaining("rank 4 is above 3");
    assertThatThrownBy(() -> method.prepare(Layers.options(Map.of("rank", "2", "init", "olora")))
        .attach(Layers.conv(scope, 4, 3, 3), scope))
        .isInstanceOf(UserException.class).hasMessageContaining("convolution");
    assertThatThrownBy(() -> method.prepare(Layers.options(Map.of("init", "pissa", "use-dora", "true"))))
        .isInstanceOf(UserException.class).hasMessageContaining("use-dora");
  }

  private static void assertClose(NDArray actual, NDArray expected, double tolerance) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    assertThat(largest(actual.stopGradient().sub(expected)) / largest(expected)).isLessThan(tolerance);
  }

  private static double largest(NDArray values) {
    return values.stopGradient().abs().max().toFloatArray()[0];
  }
}
