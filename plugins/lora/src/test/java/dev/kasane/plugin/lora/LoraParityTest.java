package dev.kasane.plugin.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.AdaptedLayer;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.Trainer;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole models with adapters against PEFT: outputs, ΔW, gradients and ten steps of AdamW, float32. */
class LoraParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final double TRAINING_TOLERANCE = 1e-4;
  private static final int STEPS = 10;
  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet-attn", "unet-rslora", "unet-conv", "unet-patterns", "te-attn"})
  void restoredAdapterDoesWhatItDidInPeft(String name) {
    try (GradMode off = GradMode.off()) {
      PeftCase golden = new PeftCase(name, scope);
      AdapterSet set = golden.restore();
      assertThat(error(golden.output(), golden.expected("output"))).isLessThan(TOLERANCE);
      List<String> deltas = golden.expectedKeys("delta.");
      assertThat(deltas.isEmpty()).isEqualTo(name.startsWith("te-"));
      set.layers().stream().filter(each -> deltas.contains("delta." + golden.root(each.layer().path())))
          .forEach(each -> {
            NDArray expected = golden.expected("delta." + golden.root(each.layer().path()));
            assertThat(error(delta(each), expected)).isLessThan(TOLERANCE);
          });
      set.detach();
      assertThat(error(golden.output(), golden.baseOutput())).isLessThan(TOLERANCE);
      assertThat(error(golden.baseOutput(), golden.expected("output"))).isGreaterThan(0.05);
    }
  }

  private NDArray delta(AdaptedLayer each) {
    return each.adapter().weightDelta(scope, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet-attn", "unet-rslora", "unet-conv", "unet-patterns", "te-attn"})
  void settingsMeanWhatTheyMeanInPeft(String name) {
    PeftCase golden = new PeftCase(name, scope);
    AdapterSet saved = golden.restore();
    saved.detach();
    AdapterSet fresh = golden.attachFresh();
    assertThat(fresh.layers().stream().map(AdaptedLayer::name))
        .containsExactlyElementsOf(saved.layers().stream().map(AdaptedLayer::name).toList());
    for (int i = 0; i < fresh.layers().size(); i++) {
      AdaptedLayer layer = fresh.layers().get(i);
      Map<String, Double> facts = layer.adapter().facts();
      Map<String, Double> expected = saved.layers().get(i).adapter().facts();
      assertThat(facts.get("rank")).as(layer.name()).isEqualTo(expected.get("rank"));
      // The file's alpha went through float32.
      assertThat(facts.get("scale")).as(layer.name()).isCloseTo(expected.get("scale"), withinPercentage(1e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet-attn", "te-attn"})
  void gradientsArePefts(String name) {
    PeftCase golden = new PeftCase(name, scope);
    AdapterSet set = golden.restore();
    set.trainable(true);
    NDArray target = golden.expected("target");
    try (GradMode on = GradMode.on()) {
      TorchBridge.backward(loss(golden, target), scope.create(1f));
    }
    forEachFactor(golden, set, (key, factor) ->
        assertThat(error(factor.getGradient(), golden.expected("grad." + key))).as(key)
            .isLessThan(TRAINING_TOLERANCE));
  }

  private static NDArray loss(PeftCase golden, NDArray target) {
    return golden.output().sub(target).square().mean();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet-attn", "te-attn"})
  void tenStepsOfAdamWEndWherePeftEnds(String name) {
    PeftCase golden = new PeftCase(name, scope);
    AdapterSet set = golden.restore();
    set.trainable(true);
    NDArray target = golden.expected("target");
    List<Double> losses = new ArrayList<>();
    train(golden, set, target, losses);
    float[] expected = golden.expected("losses").toFloatArray();
    assertThat(losses).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      assertThat(Math.abs(losses.get(i) - expected[i]) / expected[i]).isLessThan(TRAINING_TOLERANCE);
    }
    assertThat(losses.get(STEPS - 1)).as("something was learnt").isLessThan(losses.get(0));
    forEachFactor(golden, set, (key, factor) ->
        assertThat(error(factor, golden.expected("after." + key))).as(key).isLessThan(TRAINING_TOLERANCE));
  }

  private void train(PeftCase golden, AdapterSet set, NDArray target, List<Double> losses) {
    AdamW optimizer = new AdamW(set.trainableParameters(), AdamW.Settings.DEFAULT, scope);
    LearningRate rate = new LearningRate(LearningRate.Kind.CONSTANT, 1e-3, 0, STEPS);
    new Trainer<String>((batch, inner) -> loss(golden, target), number -> "the golden batch", optimizer,
        new TrainingPlan(STEPS, 1, rate, 0, 1), List.of(new TrainingListener() {
          @Override
          public void onStep(StepReport step) {
            losses.add(step.loss());
          }
        })).run(0);
  }

  /** Every factor under its key in the files; all that the files have are visited. */
  private static void forEachFactor(PeftCase golden, AdapterSet set, BiConsumer<String, NDArray> visitor) {
    assertThat(golden.expectedKeys("grad.")).hasSize(2 * set.layers().size());
    set.layers().forEach(each -> each.adapter().tensors().forEach((parameter, tensor) ->
        visitor.accept(golden.root(each.layer().path()) + "." + parameter, tensor)));
  }

  private static double error(NDArray actual, NDArray expected) {
    return TinyBase.relativeError(actual, expected);
  }
}
