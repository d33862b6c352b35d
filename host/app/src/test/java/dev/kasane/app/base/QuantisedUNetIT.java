package dev.kasane.app.base;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.SegmentedRun;
import dev.kasane.diffusion.base.ImageBase;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.QuantisedWeight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A U-Net in few bits with LoRA on all its layers, against the same numbers kept dense. */
class QuantisedUNetIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));

  private static UNet2DConditionModel quantised(QuantisationSettings.Kind kind, NDManager scope) {
    List<String> lines = new ArrayList<>();
    try (ImageBase base = ImageBase.open(ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny"),
            BaseOptions.none(), ElementType.FLOAT32, QuantisedBase::read)) {
      base.load(scope);
      QuantisedBase.quantise(base.quantisable(), Optional.of(new QuantisationSettings(kind, 64, false)), false, scope,
          lines::add).close();
      assertThat(lines).hasSize(1);
      return base.model().unet();
    }
  }

  @ParameterizedTest
  @EnumSource(QuantisationSettings.Kind.class)
  void gradientsInSegmentsAreThoseOfThePlainRunOnTheDecodedWeights(QuantisationSettings.Kind kind) {
    try (NDManager scope = Engines.newManager();
        PluginHost plugins =
            PluginHost.start(new PluginLocations(List.of(ROOT.resolve("host/app/target/kasane/plugins"))))) {
      Engines.seed(4);
      UNet2DConditionModel unet = quantised(kind, scope);
      AdapterSet adapters = adapt(unet, plugins.method("lora"), scope);
      List<NDArray> parameters = List.copyOf(adapters.trainableParameters().values());
      NDArray sample = scope.randomNormal(0f, 1f, new Shape(1, 4, 8, 8), DataType.FLOAT32);
      NDArray context = scope.randomNormal(0f, 1f, new Shape(1, 7, 32), DataType.FLOAT32);
      NDArray timesteps = scope.create(new int[] {321});
      try (SegmentedRun run = new SegmentedRun(unet.segments(), 1, scope); GradMode on = GradMode.on()) {
        run.forward(unet.state(sample, timesteps, context));
        run.backward(prediction -> prediction.square().mean(), 1);
      }
      List<float[]> ours = takeGradients(parameters);
      for (AdaptableLayer layer : unet.adaptableLayers().values()) {
        if (layer.weight() instanceof QuantisedWeight weight) {
          layer.replaceWeight(new DenseWeight(weight.materialise(scope)));
        }
      }
      try (GradMode on = GradMode.on()) {
        TorchBridge.backward(unet.forward(sample, timesteps, context).square().mean(), scope.create(1f));
      }
      requireEqual(ours, takeGradients(parameters));
    }
  }

  /** The factor that LoRA starts at zero is moved away from it, so that every factor has a gradient. */
  private static AdapterSet adapt(UNet2DConditionModel unet, AdapterMethod method, NDManager scope) {
    AdapterSet adapters = Injector.attachFresh("unet", unet, TargetSelector.of(List.of("attn-mlp"), List.of()),
        new MethodChoice(method, Map.of("rank", "2", "alpha", "2")), scope);
    try (GradMode off = GradMode.off()) {
      adapters.trainableParameters().values().forEach(each ->
          each.addi(scope.randomNormal(0f, 0.1f, each.getShape(), DataType.FLOAT32)));
    }
    return adapters;
  }

  private static List<float[]> takeGradients(List<NDArray> parameters) {
    List<float[]> gradients = new ArrayList<>();
    for (NDArray parameter : parameters) {
      NDArray gradient = parameter.getGradient();
      gradients.add(gradient.toFloatArray());
      TorchBridge.memory(gradient).asFloatBuffer().put(new float[(int) gradient.getShape().size()]);
    }
    return gradients;
  }

  private static void requireEqual(List<float[]> ours, List<float[]> expected) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < ours.size(); i++) {
      for (int j = 0; j < ours.get(i).length; j++) {
        error += Math.pow(ours.get(i)[j] - expected.get(i)[j], 2);
        size += Math.pow(expected.get(i)[j], 2);
      }
    }
    assertThat(ours.size()).isGreaterThan(20);
    assertThat(size).isPositive();
    assertThat(Math.sqrt(error / size)).isLessThan(1e-5);
  }

  @Test
  void firstAndLastLayersAndTheTimestepsStayDense() {
    try (NDManager scope = Engines.newManager()) {
      UNet2DConditionModel unet = quantised(QuantisationSettings.Kind.NF4, scope);
      List<String> dense = unet.adaptableLayers().entrySet().stream()
          .filter(each -> !(each.getValue().weight() instanceof QuantisedWeight)).map(Map.Entry::getKey).toList();
      assertThat(dense).containsExactlyInAnyOrder(
          "conv_in", "conv_out", "time_embedding.linear_1", "time_embedding.linear_2");
    }
  }
}
