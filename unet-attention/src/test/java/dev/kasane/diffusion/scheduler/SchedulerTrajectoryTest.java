package dev.kasane.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole runs with a model made of sines, latents by latents, against diffusers. */
class SchedulerTrajectoryTest {
  /** Single-precision exponentials and logarithms of two libraries; the arithmetic itself is the same. */
  private static final double TOLERANCE = 1e-5;

  /**
   * With zero terminal SNR the Euler samplers start at σ = 4096 and subtract numbers of that size; the square
   * root of the reference's libtorch differs there in the last bit from the correctly rounded one.
   */
  private static final double ZERO_SNR_TOLERANCE = 1e-4;

  private static final Shape SHAPE = new Shape(1, 4, 4, 4);

  @TestFactory
  Stream<DynamicTest> everyLatentsOfEveryRunAgree() {
    return Goldens.list("trajectories")
        .map(golden -> DynamicTest.dynamicTest(nameOf(golden), () -> replay(golden)));
  }

  @TestFactory
  Stream<DynamicTest> timestepsAgree() {
    return Goldens.list("grids")
        .map(golden -> DynamicTest.dynamicTest(nameOf(golden), () -> compareGrid(golden)));
  }

  private static void compareGrid(JsonNode golden) {
    try (Scheduler scheduler = scheduler(golden)) {
      assertThat(scheduler.timesteps())
          .containsExactly(Goldens.doubles(golden.get("timesteps")), within(2e-4));
    }
  }

  private static void replay(JsonNode golden) {
    AtomicInteger draws = new AtomicInteger();
    try (NDManager manager = NDManager.newBaseManager();
        Scheduler scheduler = scheduler(golden)) {
      NoiseSource noise = shape -> recordedNoise(manager, draws.getAndIncrement());
      double[] timesteps = scheduler.timesteps();
      assertThat(timesteps).containsExactly(Goldens.doubles(golden.get("timesteps")), within(1e-4));
      assertThat(scheduler.initNoiseSigma())
          .isCloseTo(golden.get("initNoiseSigma").floatValue(), withinPercentage(1e-4));

      NDArray latents = start(golden, manager, scheduler, noise);
      compare(golden, 0, latents);
      int first = golden.get("first").intValue();
      for (int index = first; index < timesteps.length; index++) {
        NDArray output = fakeModel(scheduler.scaleModelInput(latents, index), timesteps[index]);
        latents = scheduler.step(output, index, latents, noise);
        compare(golden, index - first + 1, latents);
      }
      assertThat(draws).hasValue(golden.get("draws").intValue());
    }
  }

  private static NDArray start(
      JsonNode golden, NDManager manager, Scheduler scheduler, NoiseSource noise) {
    NDArray clean = manager.create(Goldens.floats(Goldens.ALL.get("start")), SHAPE);
    if (golden.get("strength").isNull()) {
      return clean.mul(scheduler.initNoiseSigma());
    }
    int first = scheduler.firstStep(golden.get("strength").doubleValue());
    assertThat(first).isEqualTo(golden.get("first").intValue());
    return scheduler.addNoise(clean, noise.next(SHAPE), first);
  }

  private static Scheduler scheduler(JsonNode golden) {
    double eta = golden.path("eta").asDouble(0);
    return SchedulerKind.parse(golden.get("kind").textValue())
        .newScheduler(
            Goldens.config(golden.get("config").textValue()), golden.get("steps").intValue(), eta);
  }

  /** The same sines as in the script: factors in double, the rest in float32. */
  private static NDArray fakeModel(NDArray latents, double timestep) {
    float factor = (float) (0.3 * Math.cos(timestep / 500));
    float[] pattern = new float[(int) SHAPE.size()];
    for (int index = 0; index < pattern.length; index++) {
      pattern[index] = (float) (0.5 * Math.sin(0.37 * index + timestep / 300));
    }
    return latents.mul(factor).add(latents.getManager().create(pattern, SHAPE));
  }

  private static NDArray recordedNoise(NDManager manager, int index) {
    return manager.create(Goldens.floats(Goldens.ALL.get("noise").get(index)), SHAPE);
  }

  private static void compare(JsonNode golden, int index, NDArray latents) {
    float[] expected = Goldens.floats(golden.get("latents").get(index));
    boolean zeroSnr = golden.get("config").textValue().equals("zero-snr");
    assertThat(Goldens.relativeError(latents.toFloatArray(), expected))
        .as("relative error of latents %d", index)
        .isLessThan(zeroSnr ? ZERO_SNR_TOLERANCE : TOLERANCE);
  }

  private static String nameOf(JsonNode golden) {
    String name = golden.get("kind").textValue() + ", " + golden.get("config").textValue() + ", "
        + golden.get("steps") + " steps";
    name += golden.hasNonNull("strength") ? ", strength " + golden.get("strength") : "";
    return golden.hasNonNull("eta") ? name + ", eta " + golden.get("eta") : name;
  }
}
