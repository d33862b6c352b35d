package dev.kasane.plugin.lora;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.training.SegmentedRun;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Training a U-Net in segments gives the gradients of training it in one piece, dropouts included.
 *
 * <p>The gradients of the context and the skip connections are sums over many layers, which the two ways
 * add up in different orders. Double precision shows that nothing but this rounding differs.
 */
class SegmentedUNetTest {
  private static final long SEED = 77;
  private final NDManager scope = Engines.newManager();
  private UNet2DConditionModel unet;
  private AdapterSet set;
  private NDArray target;

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny,attn,FLOAT32,1e-5", "sd1-tiny,full,FLOAT32,1e-5", "sd2-tiny,attn,FLOAT32,1e-5",
      "sd2-tiny,full,FLOAT32,1e-5", "sd1-tiny,full,FLOAT64,1e-7", "sd2-tiny,full,FLOAT64,1e-7"})
  void gradientsAreThoseOfThePlainRun(String base, String targets, DataType type, double tolerance) {
    prepare(base, targets, type);
    Map<String, NDArray> plain = plain(state(base, type));
    Map<String, NDArray> segmented = segmented(state(base, type), SEED);
    assertThat(segmented.keySet()).isEqualTo(plain.keySet()).hasSize(2 * set.layers().size() + 1);
    plain.forEach((name, gradient) -> assertThat(TinyBase.relativeError(segmented.get(name), gradient))
        .as(name).isLessThan(tolerance));
    Map<String, NDArray> other = segmented(state(base, type), SEED + 1000);
    plain.forEach((name, gradient) -> assertThat(TinyBase.relativeError(other.get(name), gradient))
        .as("other masks: " + name).isGreaterThan(1e-2));
  }

  private void prepare(String base, String targets, DataType type) {
    TorchBridge.seed(4);
    unet = TinyBase.open(base, scope).unet();
    set = Injector.attachFresh("unet", unet, TargetSelector.of(List.of(targets), List.of()),
        new MethodChoice(new LoraMethod(),
            Map.of("rank", "4", "dropout", "0.2", "hidden-dropout", "0.1", "rank-dropout", "0.1")), scope);
    set.phase(LiveUpdate.Phase.TRAINING);
    try (GradMode off = GradMode.off()) {
      // The second factors start at zero, which would leave the first ones without gradients.
      set.trainableParameters().values().forEach(parameter ->
          parameter.addi(Ops.randomNormal(scope, parameter.getShape()).mul(0.3)));
    }
    target = OPS.cast(Ops.randomNormal(scope, tensor(base, "unet.output").getShape()), type);
  }

  private NDArray tensor(String base, String key) {
    return TinyBase.tensor(base + "/expected.safetensors", key, scope);
  }

  /** With a context that asks for gradients, as that of a text encoder under training does. */
  private NDList state(String base, DataType type) {
    NDArray context = OPS.cast(tensor(base, "unet.encoder_hidden_states").duplicate(), type);
    context.setRequiresGradient(true);
    return unet.state(OPS.cast(tensor(base, "unet.sample"), type), tensor(base, "unet.timesteps"), context);
  }

  private NDArray loss(NDArray prediction) {
    return prediction.sub(target).square().mean();
  }

  private Map<String, NDArray> plain(NDList state) {
    try (GradMode on = GradMode.on()) {
      NDList current = state;
      for (int i = 0; i < unet.segments().size(); i++) {
        TorchBridge.seed(SEED + i);
        current = unet.segments().get(i).forward(current);
      }
      TorchBridge.backward(loss(current.get(0)), scope.create(1f));
      return collect(state.get(2).getGradient());
    }
  }

  private Map<String, NDArray> segmented(NDList state, long seed) {
    try (SegmentedRun run = new SegmentedRun(unet.segments(), seed, scope)) {
      run.forward(state);
      run.backward(this::loss, 1);
      return collect(run.inputGradient(2).orElseThrow());
    }
  }

  /** Takes the gradients and leaves zeros for the next run. */
  private Map<String, NDArray> collect(NDArray context) {
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    gradients.put("context", context);
    set.trainableParameters().forEach((name, parameter) -> {
      gradients.put(name, parameter.getGradient().duplicate());
      parameter.getGradient().muli(0);
    });
    return gradients;
  }
}
