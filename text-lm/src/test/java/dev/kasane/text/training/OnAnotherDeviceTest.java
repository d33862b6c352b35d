package dev.kasane.text.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.AdapterRouter;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.Merger;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.injection.WholeWeights;
import dev.kasane.core.spi.LiveUpdate.Phase;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.SegmentedRun;
import dev.kasane.testkit.MetaDevice;
import dev.kasane.text.Goldens;
import dev.kasane.text.RandomDelta;
import dev.kasane.text.RandomLowRank;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.KeyValueCache;
import dev.kasane.text.model.TokenBatch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training and continuing texts wholly on another device than the host's, with every family. */
class OnAnotherDeviceTest {
  private static final int LENGTH = 9;

  private final NDManager meta = MetaDevice.newManager();

  @AfterEach
  void close() {
    meta.close();
  }

  private CausalLm model(String name, ElementType type) {
    return TextCheckpoint.open(Goldens.FOLDER.resolve(name)).model(type, meta);
  }

  private AdapterSet attach(CausalLm model) {
    AdapterSet set = Injector.attachFresh(CausalLm.COMPONENT, model, TargetSelector.of(List.of("all-linear"), List.of()),
        new MethodChoice(new RandomLowRank(), Map.of()), meta);
    set.trainable(true);
    return set;
  }

  /** Two rows, the first of two texts, the second padded. */
  private static TextBatch batch() {
    long[] ids = LongStream.range(0, 2 * LENGTH).map(i -> i + 1).toArray();
    long[] labels = ids.clone();
    labels[0] = TextBatch.IGNORED;
    labels[4] = TextBatch.IGNORED;
    labels[LENGTH] = TextBatch.IGNORED;
    long[] segments = new long[2 * LENGTH];
    for (int i = 0; i < 2 * LENGTH - 2; i++) {
      segments[i] = i >= 4 && i < LENGTH ? 2 : 1;
    }
    return new TextBatch(2, LENGTH, ids, labels, segments, new long[2 * LENGTH], 0.5);
  }

  private static void assertOnlyReadingFails(ThrowingCallable work) {
    assertThatThrownBy(work).hasMessageContaining("Cannot copy out of meta tensor");
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void goesForwardAndBackward(String name) {
    for (ElementType type : ElementType.PRECISIONS) {
      CausalLm model = model(name, type);
      AdapterSet adapters = attach(model);
      adapters.phase(Phase.TRAINING);
      model.training(true);
      try (GradMode on = GradMode.on()) {
        NDArray loss = new LanguageObjective(model, false).loss(batch(), meta);
        TorchBridge.backward(loss, meta.ones(loss.getShape()));
      }
      assertThat(adapters.trainableParameters()).isNotEmpty().allSatisfy((parameter, each) ->
          assertThat(TorchBridge.gradient(each, meta)).as(parameter).get()
              .extracting(NDArray::getDevice).isEqualTo(MetaDevice.META));
      AdamW optimizer = new AdamW(adapters.trainableParameters(), AdamW.Settings.DEFAULT, meta);
      assertOnlyReadingFails(() -> optimizer.step(1e-3, 1, 1));
      assertThat(new LanguageObjective(model, true).backward(batch(), meta, 1).getDevice()).isEqualTo(MetaDevice.META);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void goesBackwardInSegments(String name) {
    CausalLm model = model(name, ElementType.FLOAT32);
    attach(model);
    NDList state = model.state(new TokenBatch(1, LENGTH, LongStream.range(0, LENGTH).toArray(), null), meta);
    try (SegmentedRun run = new SegmentedRun(model.bodySegments(), meta)) {
      NDArray features = run.forward(state).get(0);
      run.backward(meta.ones(features.getShape()));
    }
  }

  /** Several tokens, then one by one, alone and beside a padded row. */
  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void continuesTexts(String name) {
    for (int rows = 1; rows <= 2; rows++) {
      CausalLm model = model(name, ElementType.FLOAT32);
      for (int adapters = 0; adapters < 3; adapters++) {
        try (GradMode off = GradMode.off(); KeyValueCache cache = model.newCache(rows, LENGTH, meta)) {
          long[] segments = new long[rows * 3];
          for (int i = 0; i < segments.length; i++) {
            segments[i] = i == 3 ? 0 : 1;
          }
          model.lastLogits(new TokenBatch(rows, 3, new long[rows * 3], rows == 1 ? null : segments), cache, meta);
          for (int i = 0; i < 4; i++) {
            NDArray scores = model.lastLogits(new TokenBatch(rows, 1, new long[rows], null), cache, meta);
            assertThat(scores.getDevice()).isEqualTo(MetaDevice.META);
          }
        }
        Injector.attachFresh(CausalLm.COMPONENT, model, TargetSelector.of(List.of("all-linear"), List.of()),
            new MethodChoice(adapters == 0 ? new RandomLowRank() : new RandomDelta(), Map.of()), meta);
      }
    }
  }

  @Test
  void trainsWholeWeightsAndBiases() {
    CausalLm model = model("llama-tied", ElementType.BFLOAT16);
    AdapterSet set = WholeWeights.addTo(attach(model), model, List.of("embed_tokens"), WholeWeights.Biases.ALL, meta);
    set.multiplier(0.5);
    try (GradMode on = GradMode.on()) {
      NDArray loss = new LanguageObjective(model, false).loss(batch(), meta);
      TorchBridge.backward(loss, meta.ones(loss.getShape()));
    }
    assertThat(set.wholes()).hasSizeGreaterThan(1).allSatisfy(each ->
        assertThat(each.values().getDevice()).isEqualTo(MetaDevice.META));
  }

  @Test
  void rowsGoThroughAdaptersOfTheirOwn() {
    CausalLm model = model("llama", ElementType.FLOAT32);
    try (AdapterRouter router = new AdapterRouter(Map.of("a", attach(model), "b", attach(model)), meta);
        GradMode off = GradMode.off()) {
      for (List<Set<String>> rows : List.of(List.of(Set.of("a"), Set.of("a", "b")), List.of(Set.of("b")))) {
        router.route(rows);
        NDArray scores = model.logits(new TokenBatch(rows.size(), 3, new long[3 * rows.size()], null), meta);
        assertThat(scores.getDevice()).isEqualTo(MetaDevice.META);
      }
    }
  }

  @Test
  void mergedWeightsLieThere() {
    CausalLm model = model("llama", ElementType.FLOAT16);
    try (GradMode off = GradMode.off(); Merger merged = Merger.merge(List.of(attach(model), attach(model)), meta)) {
      assertThat(model.logits(new TokenBatch(1, 3, new long[3], null), meta).getDevice()).isEqualTo(MetaDevice.META);
    }
  }

  @Test
  void aPassThatForgetsTheDeviceIsFound() {
    CausalLm model = model("llama", ElementType.FLOAT32);
    try (NDManager host = Engines.newManager()) {
      assertThatThrownBy(() -> model.logits(new TokenBatch(1, 3, new long[3], null), host))
          .isInstanceOf(AssertionError.class);
      NDArray hidden = host.zeros(new Shape(1, 3, model.config().width()));
      assertThatThrownBy(() -> model.scores(hidden)).isInstanceOf(AssertionError.class);
    }
  }
}
