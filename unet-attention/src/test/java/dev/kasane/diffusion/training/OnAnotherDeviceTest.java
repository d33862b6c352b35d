package dev.kasane.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.SegmentedRun;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import dev.kasane.testkit.MetaDevice;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training a base wholly on another device than the host's. */
class OnAnotherDeviceTest {
  private final ImageTrainingOptions options =
      TinyRun.options(CaptionOptions.UNCHANGED, new NoiseOptions(5, 0.1, 1, 0, 1000), false);

  @TempDir
  private Path folder;

  private static PictureBatch batch(TrainingPictures pictures) {
    return new PictureBatch(pictures.dataset().pictures().stream()
        .map(each -> new PictureBatch.Item(each, "a cat", true, 300)).toList());
  }

  /** What is encoded on the host once is read from the cache after that. */
  private void encode(String base, ElementType precision) {
    try (TinyRun run = new TinyRun(base, precision, folder); GradMode off = GradMode.off()) {
      TrainingPictures pictures = run.pictures(options);
      run.encoded(pictures).caption("a cat", run.scope);
      pictures.dataset().pictures().forEach(each -> run.encoded(pictures).moments(each, true));
    }
  }

  private TinyRun onMeta(String base, ElementType precision) {
    return new TinyRun(base, precision, folder, MetaDevice.newManager());
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny, FLOAT32, false", "sd1-tiny, BFLOAT16, true", "sd2-tiny, FLOAT16, true"})
  void goesForwardAndBackward(String base, ElementType precision, boolean text) {
    encode(base, precision);
    try (TinyRun run = onMeta(base, precision); GradMode on = GradMode.on()) {
      TrainingPictures pictures = run.pictures(options);
      AdapterSet adapters = run.attach(text);
      adapters.phase(LiveUpdate.Phase.TRAINING);
      DiffusionObjective objective =
          new DiffusionObjective(run.model, run.encoded(pictures), options.noise(), text, false);

      NDArray loss = objective.loss(batch(pictures), run.scope);
      TorchBridge.backward(loss, run.scope.ones(loss.getShape()));

      assertThat(loss.getDevice()).isEqualTo(MetaDevice.META);
      assertThat(adapters.trainableParameters()).isNotEmpty().allSatisfy((name, each) ->
          assertThat(TorchBridge.gradient(each, run.scope)).as(name).get()
              .extracting(NDArray::getDevice).isEqualTo(MetaDevice.META));
      AdamW optimizer = new AdamW(adapters.trainableParameters(), AdamW.Settings.DEFAULT, run.scope);
      assertOnlyReadingFails(() -> optimizer.step(1e-3, 1, 1));
    }
  }

  /** What was computed is read at the very end, and that is the one thing that a tensor without values refuses. */
  private static void assertOnlyReadingFails(ThrowingCallable work) {
    assertThatThrownBy(work).hasMessageContaining("Cannot copy out of meta tensor");
  }

  @Test
  void goesBackwardInSegments() {
    encode("sd1-tiny", ElementType.FLOAT32);
    try (TinyRun run = onMeta("sd1-tiny", ElementType.FLOAT32)) {
      TrainingPictures pictures = run.pictures(options);
      run.attach(true).phase(LiveUpdate.Phase.TRAINING);
      DiffusionObjective objective =
          new DiffusionObjective(run.model, run.encoded(pictures), options.noise(), true, true);
      assertThat(objective.backward(batch(pictures), run.scope, 1).getDevice()).isEqualTo(MetaDevice.META);

      NDList state = run.model.unet().state(Ops.randomNormal(run.scope, new Shape(2, 4, 8, 8)),
          run.scope.create(new int[] {1, 2}), Ops.randomNormal(run.scope, new Shape(2, 77, 32)));
      try (SegmentedRun segments = new SegmentedRun(run.model.unet().segments(), run.scope)) {
        NDArray prediction = segments.forward(state).get(0);
        segments.backward(run.scope.ones(prediction.getShape()));
      }
    }
  }

  @Test
  void anObjectiveThatForgetsTheDeviceIsFound() {
    encode("sd1-tiny", ElementType.FLOAT32);
    try (TinyRun run = onMeta("sd1-tiny", ElementType.FLOAT32); NDManager host = Engines.newManager()) {
      TrainingPictures pictures = run.pictures(options);
      DiffusionObjective objective =
          new DiffusionObjective(run.model, run.encoded(pictures), options.noise(), false, false);

      assertThatThrownBy(() -> objective.loss(batch(pictures), host)).isInstanceOf(AssertionError.class);
    }
  }
}
