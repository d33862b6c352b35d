package dev.kasane.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTrainingTest {
  /** One timestep and no shuffling, so that losses can be compared from step to step. */
  private static final NoiseOptions ONE_TIMESTEP = new NoiseOptions(0, 0, 1, 500, 501);

  @TempDir
  private Path folder;

  private record Result(List<Double> losses, float[] values) {}

  private Result train(String base, ElementType type, boolean text, boolean checkpointing, int steps, double rate) {
    try (TinyRun run = new TinyRun(base, type, folder.resolve(type.toString()))) {
      AdapterSet adapters = run.attach(text);
      TrainingPictures pictures =
          run.pictures(TinyRun.options(CaptionOptions.UNCHANGED, ONE_TIMESTEP, checkpointing));
      return new Result(run.train(pictures, adapters, steps, rate), TinyRun.values(adapters));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
  void learns(String base) {
    List<Double> losses = train(base, ElementType.FLOAT32, false, false, 60, 0.01).losses();
    double early = losses.subList(0, 10).stream().mapToDouble(each -> each).average().orElseThrow();
    double late = losses.subList(50, 60).stream().mapToDouble(each -> each).average().orElseThrow();
    assertThat(late).isLessThan(0.9 * early);
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny, false", "sd1-tiny, true", "sd2-tiny, true"})
  void gradientCheckpointingChangesNothing(String base, boolean text) {
    Result plain = train(base, ElementType.FLOAT32, text, false, 3, 0.001);
    Result segmented = train(base, ElementType.FLOAT32, text, true, 3, 0.001);
    double largest = 0;
    double moved = 0;
    for (int i = 0; i < plain.values().length; i++) {
      largest = Math.max(largest, Math.abs(plain.values()[i] - segmented.values()[i]));
      moved = Math.max(moved, Math.abs(plain.values()[i]));
    }
    for (int step = 0; step < 3; step++) {
      assertThat(segmented.losses().get(step)).isCloseTo(plain.losses().get(step), within(1e-5));
    }
    assertThat(moved).isGreaterThan(0.001);
    // Adam divides by the gradient's own size: a gradient of rounding noise moves its weight all the same.
    assertThat(largest).isLessThan(0.05 * moved);
  }

  @Test
  void trainingTheTextEncoderTrainsIt() {
    Result without = train("sd1-tiny", ElementType.FLOAT32, false, false, 2, 0.001);
    Result with = train("sd1-tiny", ElementType.FLOAT32, true, false, 2, 0.001);
    int text = with.values().length - without.values().length;
    assertThat(text).isPositive();
    int still = 0;
    for (float value : with.values()) {
      still += value == 0 ? 1 : 0;
    }
    assertThat(still).isLessThan(with.values().length / 20);
  }

  @ParameterizedTest
  @EnumSource(value = ElementType.class, names = {"FLOAT16", "BFLOAT16"})
  void halfTypesComeNearFloat32(ElementType type) {
    List<Double> whole = train("sd1-tiny", ElementType.FLOAT32, false, false, 5, 0.001).losses();
    List<Double> half = train("sd1-tiny", type, false, false, 5, 0.001).losses();
    assertThat(half).isNotEqualTo(whole);
    for (int step = 0; step < 5; step++) {
      assertThat(half.get(step)).isCloseTo(whole.get(step), within(0.03 * whole.get(step)));
    }
  }

  @Test
  void aLossThatIsNoNumberNamesStepAndPictures() {
    try (TinyRun run = new TinyRun("sd1-tiny", ElementType.FLOAT32, folder)) {
      AdapterSet adapters = run.attach(false);
      adapters.trainableParameters().values().iterator().next().stopGradient().muli(0).addi(Float.NaN);
      TrainingPictures pictures =
          run.pictures(TinyRun.options(CaptionOptions.UNCHANGED, ONE_TIMESTEP, false));
      String names = pictures.batch(0).toString();
      assertThatThrownBy(() -> run.train(pictures, adapters, 2, 0.001)).isInstanceOf(UserException.class)
          .hasMessageContaining("step 1").hasMessageContaining(names).hasMessageContaining("NaN");
    }
  }
}
