package dev.kasane.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingPicturesTest {
  private static final CaptionOptions VARIED = new CaptionOptions("sumi", true, 0, 0.2, 0.2);

  @TempDir
  private Path folder;

  private TrainingPictures pictures(NoiseOptions noise) {
    try (TinyRun run = new TinyRun("sd1-tiny", ElementType.FLOAT32, folder)) {
      return run.pictures(TinyRun.options(VARIED, noise, false));
    }
  }

  @Test
  void aBatchIsAFunctionOfItsNumber() {
    TrainingPictures forwards = pictures(TinyRun.PLAIN_NOISE);
    TrainingPictures backwards = pictures(TinyRun.PLAIN_NOISE);
    List<PictureBatch> first = LongStream.range(0, 60).mapToObj(forwards::batch).toList();
    List<PictureBatch> second = new ArrayList<>();
    for (long number = 59; number >= 0; number--) {
      second.add(0, backwards.batch(number));
    }
    assertThat(second).isEqualTo(first);
    assertThat(first).doesNotHaveDuplicates();
  }

  @Test
  void timestepsCoverTheirRangeAndNoMore() {
    TrainingPictures pictures = pictures(new NoiseOptions(0, 0, 1, 100, 110));
    List<Integer> timesteps = LongStream.range(0, 200).mapToObj(pictures::batch)
        .flatMap(batch -> batch.items().stream()).map(PictureBatch.Item::timestep).distinct().sorted().toList();
    assertThat(timesteps).containsExactly(100, 101, 102, 103, 104, 105, 106, 107, 108, 109);
  }

  @Test
  void messagesNameThePictures() {
    PictureBatch batch = pictures(TinyRun.PLAIN_NOISE).batch(0);
    assertThat(batch.toString().split(", "))
        .containsExactlyInAnyOrderElementsOf(batch.items().stream().map(item -> item.picture().name()).toList());
  }
}
