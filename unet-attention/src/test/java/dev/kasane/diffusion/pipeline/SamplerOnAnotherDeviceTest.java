package dev.kasane.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.diffusion.Goldens;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.clip.LearnedWords;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.pipeline.PictureRequest.Start;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import dev.kasane.testkit.MetaDevice;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Drawing wholly on another device than the host's. */
class SamplerOnAnotherDeviceTest {
  private final NDManager meta = MetaDevice.newManager();

  @AfterEach
  void close() {
    meta.close();
  }

  private ImageModel open(String base, ElementType precision) {
    return ImageModels.open(Goldens.FOLDER.resolve(base), BaseOptions.none(), precision, meta);
  }

  private static PictureRequest request(SchedulerKind scheduler, double guidance, Optional<Start> start) {
    return new PictureRequest("a (red:1.2) cat", "blue", 3, 6, guidance, 64, 64, scheduler, 0, start);
  }

  @ParameterizedTest
  @EnumSource
  void everySchedulerDraws(SchedulerKind scheduler) {
    ImageModel model = open("sd1-tiny", ElementType.FLOAT32);
    try (GradMode off = GradMode.off()) {
      NDArray latents = new Sampler(model).drawLatents(
          request(scheduler, 7, Optional.empty()), (done, all) -> { }, meta);
      NDArray bytes = PipelineOps.PIPELINE.toBytes(model.vae().decode(latents));
      assertThat(bytes.getDevice()).isEqualTo(MetaDevice.META);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everySchedulerGoesOnFromAPicture(SchedulerKind scheduler) {
    PictureRequest request = request(scheduler, 1,
        Optional.of(new Start(new Picture(64, 64, new byte[64 * 64 * 3]), 0.6)));

    NDArray latents = new Sampler(open("sd2-tiny", ElementType.BFLOAT16)).drawLatents(request, (done, all) -> { }, meta);

    assertThat(latents.getDevice()).isEqualTo(MetaDevice.META);
  }

  @Test
  void learnedWordsLieWhereTheModelDoes() {
    ImageModel model = open("sd1-tiny", ElementType.BFLOAT16);
    int width = model.textEncoder().config().width();
    ImageModel wordy = model.withWords(LearnedWords.of(
        Map.of("<one>", meta.ones(new Shape(2, width)), "<other>", meta.ones(new Shape(1, width)))));
    PictureRequest request = new PictureRequest(
        "a <one> and <other>", "", 3, 2, 7, 64, 64, SchedulerKind.DDIM, 0, Optional.empty());

    assertThat(new Sampler(wordy).drawLatents(request, (done, all) -> { }, meta).getDevice())
        .isEqualTo(MetaDevice.META);
  }

  /** Up to the reading of the pixels. */
  @Test
  void aWholePictureIsDrawnWhereTheModelLies() {
    Sampler sampler = new Sampler(open("sd1-tiny", ElementType.FLOAT16));

    assertThatThrownBy(() -> sampler.draw(request(SchedulerKind.DDIM, 7, Optional.empty()), (done, all) -> { }))
        .hasMessageContaining("Cannot copy out of meta tensor");
  }

  @Test
  void aSamplerThatForgetsTheDeviceIsFound() {
    Sampler sampler = new Sampler(open("sd1-tiny", ElementType.FLOAT32));
    try (NDManager host = Engines.newManager()) {
      assertThatThrownBy(() -> sampler.drawLatents(
          request(SchedulerKind.DDIM, 7, Optional.empty()), (done, all) -> { }, host))
          .isInstanceOf(AssertionError.class);
    }
  }

  /** The host's generator is what noise comes from, in the same order and number as on the host. */
  @ParameterizedTest
  @EnumSource
  void noiseIsTheHosts(SchedulerKind scheduler) {
    PictureRequest request = request(scheduler, 1, Optional.empty());
    new Sampler(open("sd1-tiny", ElementType.FLOAT32)).drawLatents(request, (done, all) -> { }, meta);
    try (NDManager host = Engines.newManager()) {
      float after = next(host);
      ImageModel model =
          ImageModels.open(Goldens.FOLDER.resolve("sd1-tiny"), BaseOptions.none(), ElementType.FLOAT32, host);
      new Sampler(model).drawLatents(request, (done, all) -> { }, host);
      assertThat(next(host)).isEqualTo(after);
    }
  }

  private static float next(NDManager host) {
    return host.randomNormal(new Shape(1)).getFloat();
  }
}
