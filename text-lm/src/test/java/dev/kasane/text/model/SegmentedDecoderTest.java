package dev.kasane.text.model;

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
import dev.kasane.core.module.Segment;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.SegmentedRun;
import dev.kasane.text.Goldens;
import dev.kasane.text.RandomDelta;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training in segments gives the gradients of training in one piece; packed texts know nothing of one another. */
class SegmentedDecoderTest {
  private static final long SEED = 1;

  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void gradientsAreThoseOfThePlainRun(String name) {
    compare(Goldens.model(name, scope));
  }

  /** A segment that is run again in backward leaves out what it left out before. */
  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void gradientsAreThoseOfThePlainRunWithDropoutsToo(String name) {
    CausalLm model = Goldens.model(name, scope);
    model.dropouts(new DropoutRates(0.1, 0.2, 0.3));
    model.training(true);
    compare(model);
  }

  private void compare(CausalLm model) {
    TorchBridge.seed(8);
    AdapterSet set = Injector.attachFresh(CausalLm.COMPONENT, model,
        TargetSelector.of(List.of("all-linear", model.config().names().head()), List.of()),
        new MethodChoice(new RandomDelta(), Map.of()), scope);
    long[] ids = {7, 3, 99, 20, 51, 8, 30, 2, 77, 6, 12, 12, 90, 4, 64, 0};
    TokenBatch batch = new TokenBatch(2, 8, ids, new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0});

    Map<String, NDArray> plain = plain(model, batch, set);
    Map<String, NDArray> segmented = segmented(model, batch, set);

    assertThat(plain).hasSizeGreaterThan(7);
    plain.forEach((layer, gradient) -> {
      double scale = gradient.abs().max().toFloatArray()[0];
      assertThat(scale).as(layer).isPositive();
      assertThat(segmented.get(layer).sub(gradient).abs().max().toFloatArray()[0] / scale).as(layer)
          .isLessThan(1e-5);
    });
  }

  private Map<String, NDArray> plain(CausalLm model, TokenBatch batch, AdapterSet set) {
    try (GradMode on = GradMode.on()) {
      NDList state = model.state(batch, scope);
      int number = 0;
      for (Segment segment : model.segments()) {
        TorchBridge.seed(SEED + number++);
        state = segment.forward(state);
      }
      TorchBridge.backward(loss(state.get(0)), scope.create(1f));
      return collect(set);
    }
  }

  private Map<String, NDArray> segmented(CausalLm model, TokenBatch batch, AdapterSet set) {
    try (SegmentedRun run = new SegmentedRun(model.bodySegments(), SEED, scope)) {
      run.forward(model.state(batch, scope));
      run.backward(features -> loss(model.scores(features)), 1);
      return collect(set);
    }
  }

  /** Padding is left out: what it scores is nobody's business. */
  private static NDArray loss(NDArray logits) {
    return OPS.cast(logits, DataType.FLOAT32).get(":,:5").square().mean();
  }

  private static Map<String, NDArray> collect(AdapterSet set) {
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    set.trainableParameters().forEach((name, parameter) -> {
      gradients.put(name, parameter.getGradient().duplicate());
      parameter.getGradient().muli(0);
    });
    return gradients;
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void packedTextsScoreAsTheyDoAlone(String name) {
    try (GradMode off = GradMode.off()) {
      CausalLm model = Goldens.model(name, scope);
      long[] first = {7, 3, 99, 20, 51, 8, 30, 2, 77, 6};
      long[] second = {12, 12, 90, 4, 64};
      TokenBatch packed = new TokenBatch(1, 16,
          new long[] {7, 3, 99, 20, 51, 8, 30, 2, 77, 6, 12, 12, 90, 4, 64, 0},
          new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0});
      NDArray together = model.logits(packed, scope);
      assertSame(together.get(":,:10"), model.logits(new TokenBatch(1, 10, first, null), scope));
      assertSame(together.get(":,10:15"), model.logits(new TokenBatch(1, 5, second, null), scope));
    }
  }

  @Test
  void aTextLongerThanTheTableOfPositionsIsRefused() {
    CausalLm model = Goldens.model("gpt2", scope);
    org.assertj.core.api.Assertions.assertThatThrownBy(
        () -> model.logits(new TokenBatch(1, 97, new long[97], null), scope))
        .isInstanceOf(dev.kasane.core.UserException.class).hasMessageContainingAll("97 tokens", "96 positions");
  }

  private static void assertSame(NDArray actual, NDArray expected) {
    double scale = expected.abs().max().toFloatArray()[0];
    assertThat(actual.sub(expected).abs().max().toFloatArray()[0] / scale).isLessThan(1e-5);
  }
}
