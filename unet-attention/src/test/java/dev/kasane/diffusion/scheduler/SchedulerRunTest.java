package dev.kasane.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerRunTest {
  private static final Shape SHAPE = new Shape(2, 4, 2, 2);
  private static final SchedulerConfig CONFIG =
      SchedulerConfig.stableDiffusion(PredictionType.EPSILON);

  @ParameterizedTest
  @EnumSource
  void aStepLeavesNothingButItsResult(SchedulerKind kind) {
    try (NDManager manager = NDManager.newBaseManager();
        Scheduler scheduler = kind.newScheduler(CONFIG, 6, 0.5)) {
      NDArray latents = manager.ones(SHAPE);
      NDArray output = manager.ones(SHAPE).mul(0.1f);
      for (int index = 0; index < scheduler.timesteps().length; index++) {
        int before = manager.getManagedArrays().size();
        latents = scheduler.step(output, index, latents, manager::randomNormal);
        assertThat(manager.getManagedArrays()).hasSize(before + 1);
        assertThat(latents.getManager()).isSameAs(manager);
        NDArray scaled = scheduler.scaleModelInput(latents, index);
        NDArray noisy = scheduler.addNoise(latents, output, index);
        assertThat(manager.getManagedArrays()).hasSize(before + 3);
        scaled.close();
        noisy.close();
      }
      assertThat(latents.isNaN().any().getBoolean()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void memoryOfEarlierStepsOutlivesTheManagerOfAStep(SchedulerKind kind) {
    float[] kept = run(kind, false);
    float[] closed = run(kind, true);
    assertThat(closed).containsExactly(kept);
  }

  @ParameterizedTest
  @EnumSource
  void halfPrecisionLatentsStayHalf(SchedulerKind kind) {
    try (NDManager manager = NDManager.newBaseManager();
        Scheduler scheduler = kind.newScheduler(CONFIG, 6)) {
      NDArray latents = manager.ones(SHAPE).toType(DataType.FLOAT16, false);
      int before = manager.getManagedArrays().size();
      NDArray noisy = scheduler.addNoise(latents, latents, 0);
      NDArray next = scheduler.step(latents, 0, latents, manager::randomNormal);
      assertThat(next.getDataType()).isEqualTo(DataType.FLOAT16);
      assertThat(noisy.getDataType()).isEqualTo(DataType.FLOAT16);
      assertThat(manager.getManagedArrays()).hasSize(before + 2);
    }
  }

  @Test
  void stepsOutOfOrderAreRefused() {
    try (NDManager manager = NDManager.newBaseManager();
        Scheduler scheduler = SchedulerKind.DPMPP_2M.newScheduler(CONFIG, 6)) {
      NDArray latents = manager.ones(SHAPE);
      scheduler.step(latents, 2, latents, manager::randomNormal);
      assertThatThrownBy(() -> scheduler.step(latents, 2, latents, manager::randomNormal))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("step 2 where 3 has to follow");
      assertThatThrownBy(() -> scheduler.step(latents, 6, latents, manager::randomNormal))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("outside 0 to 5");
    }
  }

  @ParameterizedTest
  @CsvSource({"dpm++-2m, dpmpp-2m", "eulr, euler", "Euler-Ancestrall, euler-ancestral", "ddmi, ddim"})
  void mistypedNamesGetASuggestion(String typed, String meant) {
    assertThatThrownBy(() -> SchedulerKind.parse(typed))
        .isInstanceOf(UserException.class)
        .hasMessageContaining('"' + typed + '"')
        .hasMessageContaining("Did you mean \"" + meant + "\"?")
        .hasMessageContaining("pndm, lcm");
  }

  @Test
  void namesThatResembleNothingGetTheListOnly() {
    assertThatThrownBy(() -> SchedulerKind.parse("heun"))
        .isInstanceOf(UserException.class)
        .hasMessageNotContaining("Did you mean")
        .hasMessageContaining("ddim, euler, euler-karras");
  }

  @ParameterizedTest
  @EnumSource
  void everyNameIsUnderstoodInAnyCase(SchedulerKind kind) {
    assertThat(SchedulerKind.parse(kind.optionName().toUpperCase(Locale.ROOT)))
        .isEqualTo(kind);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1001})
  void stepsOutOfRangeAreRefused(int steps) {
    assertThatThrownBy(() -> SchedulerKind.EULER.newScheduler(CONFIG, steps))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("steps is " + steps)
        .hasMessageContaining("1 to 1000");
  }

  @Test
  void stepsASamplerCannotPlaceAreRefused() {
    assertThatThrownBy(() -> SchedulerKind.LCM.newScheduler(CONFIG, 51))
        .isInstanceOf(UserException.class).hasMessageContaining("at most 50");
    assertThatThrownBy(() -> SchedulerKind.DDIM.newScheduler(CONFIG, 1000))
        .isInstanceOf(UserException.class).hasMessageContaining("timestep 1000");
    assertThatThrownBy(() -> SchedulerKind.DPMPP_2M.newScheduler(CONFIG, 1000))
        .isInstanceOf(UserException.class).hasMessageContaining("1000 steps are more");
    assertThatThrownBy(() -> SchedulerKind.PNDM.newScheduler(Goldens.config("runge-kutta"), 3))
        .isInstanceOf(UserException.class).hasMessageContaining("at least 4 steps");
  }

  @Test
  void settingsASamplerCannotWorkWithAreRefused() {
    SchedulerConfig pureNoise = Goldens.config("zero-snr").withPredictionType(PredictionType.EPSILON);
    assertThatThrownBy(() -> SchedulerKind.DDIM.newScheduler(pureNoise, 4))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("rescale_betas_zero_snr").hasMessageContaining("v_prediction");
    assertThatThrownBy(() -> SchedulerKind.PNDM.newScheduler(Goldens.config("sd-sample"), 4))
        .isInstanceOf(UserException.class).hasMessageContaining("\"sample\"");
    assertThatThrownBy(() -> SchedulerKind.DDIM.newScheduler(CONFIG, 4, 1.5))
        .isInstanceOf(UserException.class).hasMessageContaining("eta is 1.5");
  }

  @Test
  void strengthChoosesTheFirstStepAndHasToLeaveOne() {
    try (Scheduler scheduler = SchedulerKind.EULER.newScheduler(CONFIG, 20)) {
      assertThat(scheduler.firstStep(1)).isZero();
      assertThat(scheduler.firstStep(0.75)).isEqualTo(5);
      assertThat(scheduler.firstStep(0.05)).isEqualTo(19);
      assertThatThrownBy(() -> scheduler.firstStep(0.04))
          .isInstanceOf(UserException.class).hasMessageContaining("less than one step");
      assertThatThrownBy(() -> scheduler.firstStep(1.2))
          .isInstanceOf(UserException.class).hasMessageContaining("strength is 1.2");
      assertThatThrownBy(() -> scheduler.firstStep(Double.NaN)).isInstanceOf(UserException.class);
    }
  }

  private static float[] run(SchedulerKind kind, boolean closeEachStep) {
    try (NDManager manager = NDManager.newBaseManager();
        Scheduler scheduler = kind.newScheduler(CONFIG, 6)) {
      NDArray latents = manager.ones(SHAPE);
      for (int index = 0; index < scheduler.timesteps().length; index++) {
        NDManager step = manager.newSubManager();
        latents.attach(step);
        NDArray output = latents.mul(0.1f).add(index);
        NDArray next = scheduler.step(output, index, latents, step::ones);
        next.attach(manager);
        latents = next;
        if (closeEachStep) {
          step.close();
        }
      }
      return latents.toFloatArray();
    }
  }
}
