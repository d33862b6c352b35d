package dev.kasane.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SchedulerPropertyTest {
  private static final SchedulerConfig CONFIG =
      SchedulerConfig.stableDiffusion(PredictionType.EPSILON);

  @Property(tries = 300)
  void timestepsFallStrictlyAndStayInRange(
      @ForAll SchedulerKind kind,
      @ForAll TimestepSpacing spacing,
      @ForAll @IntRange(min = 1, max = 1000) int steps) {
    int placed = Math.min(steps, most(kind, spacing));
    try (Scheduler scheduler =
        kind.newScheduler(Goldens.spaced(CONFIG, spacing), placed)) {
      double[] timesteps = scheduler.timesteps();
      assertThat(timesteps).hasSize(kind == SchedulerKind.PNDM && placed > 1 ? placed + 1 : placed);
      assertThat(timesteps[0]).isBetween(0.0, 999.0);
      for (int index = 1; index < timesteps.length; index++) {
        assertThat(timesteps[index]).isGreaterThanOrEqualTo(0);
        assertThat(timesteps[index]).isLessThanOrEqualTo(timesteps[index - 1]);
        if (!mayRepeat(kind)) {
          assertThat(timesteps[index]).isLessThan(timesteps[index - 1]);
        }
      }
    }
  }

  @Property(tries = 40)
  void aModelThatKnowsTheNoiseLeadsDdimToTheCleanLatents(
      @ForAll PredictionType prediction, @ForAll @IntRange(min = 1, max = 60) int steps) {
    SchedulerConfig config = Goldens.config("bare").withPredictionType(prediction);
    try (NDManager manager = NDManager.newBaseManager();
        Scheduler scheduler = SchedulerKind.DDIM.newScheduler(config, steps)) {
      NDArray clean = manager.randomUniform(-0.9f, 0.9f, new Shape(1, 4, 4, 4));
      NDArray noise = manager.randomNormal(clean.getShape());
      NoiseSchedule schedule = NoiseSchedule.of(config);
      double[] timesteps = scheduler.timesteps();
      NDArray latents = scheduler.addNoise(clean, noise, 0);
      for (int index = 0; index < timesteps.length; index++) {
        NDArray output = switch (prediction) {
          case EPSILON -> noise;
          case V_PREDICTION -> schedule.velocity(clean, noise, (int) timesteps[index]);
          case SAMPLE -> clean;
        };
        latents = scheduler.step(output, index, latents, manager::randomNormal);
      }
      assertThat(Goldens.relativeError(latents.toFloatArray(), clean.toFloatArray())).isLessThan(1e-3);
      assertThat(Goldens.relativeError(noise.toFloatArray(), clean.toFloatArray())).isGreaterThan(0.1);
    }
  }

  /** PNDM visits its second timestep twice; Karras levels are closer than timesteps at the noisy end. */
  private static boolean mayRepeat(SchedulerKind kind) {
    return kind == SchedulerKind.PNDM
        || kind == SchedulerKind.DPMPP_2M_KARRAS
        || kind == SchedulerKind.EULER_KARRAS;
  }

  /** The offset of 1 leaves no room for a thousandth leading step; DPM-Solver needs one interval more. */
  private static int most(SchedulerKind kind, TimestepSpacing spacing) {
    if (kind == SchedulerKind.LCM) {
      return 50;
    }
    boolean leading = spacing == TimestepSpacing.LEADING;
    if (kind == SchedulerKind.DPMPP_2M) {
      return leading ? 998 : spacing == TimestepSpacing.LINSPACE ? 999 : 1000;
    }
    return leading ? 999 : 1000;
  }
}
