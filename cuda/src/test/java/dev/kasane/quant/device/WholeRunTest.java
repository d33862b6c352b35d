package dev.kasane.quant.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.spi.TargetLayer.Kind;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.Trainer;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import dev.kasane.quant.AdaptedChain;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.Quantizer;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.cuda.ShimLauncher;
import dev.kasane.quant.optimizer.Optimizers;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.training.LanguageObjective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole models on kernels, which are C++ here, with the host's memory in a device's place, against the CPU path. */
class WholeRunTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0.01);
  private static final int STEPS = 6;

  private final List<String> launched = new ArrayList<>();
  private final ShimLauncher shim = new ShimLauncher();
  private final DeviceKernels kernels = new DeviceKernels(new QuantKernels((file, kernel, x, y, arguments) -> {
    launched.add(kernel);
    shim.launch(file, kernel, x, y, arguments);
  }), true);

  private static TextBatch batch(long number) {
    long[] ids = LongStream.range(0, 24).map(i -> (i * 7 + number * 3) % 90).toArray();
    long[] labels = ids.clone();
    labels[0] = TextBatch.IGNORED;
    labels[12] = TextBatch.IGNORED;
    long[] segments = new long[24];
    Arrays.fill(segments, 1);
    return new TextBatch(2, 12, ids, labels, segments, new long[24], 1);
  }

  private List<Double> losses(QuantisationSettings settings, ElementType type, boolean eightBits, boolean onKernels) {
    try (NDManager scope = Engines.newManager()) {
      CausalLm model = TextCheckpoint.open(Path.of("../text-lm").resolve(GOLDEN).resolve("llama")).model(type, scope);
      Quantizer.quantise(model, settings, Quantizer::isUsual, scope);
      if (onKernels) {
        assertThat(DeviceWeights.move(model, scope.newSubManager(), kernels)).isPositive();
      }
      Engines.seed(8);
      Map<String, NDArray> parameters = new LinkedHashMap<>();
      List<AdaptableLayer> layers = model.adaptableLayers().values().stream().filter(Quantizer::isUsual).toList();
      AdaptedChain.adapt(layers, scope).forEach(each -> parameters.put("p" + parameters.size(), each));
      OptimizerFactory optimizer = onKernels ? DeviceOptimizers.adamW(SETTINGS, eightBits, kernels)
          : Optimizers.adamW(SETTINGS, eightBits, Optional.empty());
      List<Double> losses = new ArrayList<>();
      TrainingPlan plan = new TrainingPlan(STEPS, 2,
          new LearningRate(LearningRate.Kind.CONSTANT, 0.01, 0, STEPS), 1, 5).computingIn(type.dataType());
      new Trainer<>(new LanguageObjective(model, true), WholeRunTest::batch,
          optimizer.make(parameters, name -> 1, scope), plan, List.of(new TrainingListener() {
            @Override
            public void onStep(StepReport step) {
              losses.add(step.loss());
            }
          })).run(0);
      return losses;
    }
  }

  @ParameterizedTest
  @CsvSource({"NF4, true, FLOAT32, true", "NF4, false, BFLOAT16, false", "FP4, true, FLOAT16, true",
      "INT8, false, FLOAT32, false", "INT8, false, BFLOAT16, true"})
  void aLanguageModelTrainsAsOnTheCpuPath(
      QuantisationSettings.Kind kind, boolean nested, ElementType type, boolean eightBits) {
    QuantisationSettings settings = new QuantisationSettings(kind, 64, nested);
    List<Double> expected = losses(settings, type, eightBits, false);
    assertThat(launched).isEmpty();

    List<Double> found = losses(settings, type, eightBits, true);

    assertThat(expected.get(STEPS - 1)).as("it learns").isLessThan(expected.get(0));
    assertThat(launched).anyMatch(each -> each.startsWith("dequantise_")).anyMatch(each -> each.startsWith("adamw_"));
    assertThat(found.get(0)).as("loss before anything has moved").isCloseTo(expected.get(0), within(1e-6));
    // The last bits of a step are sums in another order, which 16-bit activations round to others.
    double tolerance = type == ElementType.FLOAT32 ? 1e-5 : 5e-3;
    for (int i = 0; i < STEPS; i++) {
      assertThat(found.get(i)).as("loss of step " + (i + 1)).isCloseTo(expected.get(i), within(tolerance));
    }
  }

  @ParameterizedTest
  @CsvSource({"NF4, true", "INT8, false"})
  void aUNetPredictsAsOnTheCpuPath(QuantisationSettings.Kind kind, boolean nested) {
    try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
      ImageModel model = ImageModels.open(Path.of("../unet-attention").resolve(GOLDEN).resolve("sd1-tiny"),
          BaseOptions.none(), ElementType.FLOAT32, scope);
      Quantizer.quantise(model.unet(), new QuantisationSettings(kind, 64, nested),
          layer -> layer.kind() == Kind.LINEAR || layer.kind() == Kind.CONV2D, scope);
      Engines.seed(2);
      NDArray noisy = Ops.randomNormal(scope, new Shape(2, 4, 8, 8));
      NDArray context = Ops.randomNormal(scope, new Shape(2, 77, model.unet().config().crossAttentionWidth()));
      NDArray timesteps = scope.create(new int[] {3, 700});
      float[] expected = model.unet().forward(noisy, timesteps, context).toFloatArray();

      DeviceWeights.move(model.unet(), scope, kernels);

      assertThat(model.unet().forward(noisy, timesteps, context).toFloatArray()).containsExactly(expected);
      assertThat(launched).isNotEmpty();
    }
  }
}
