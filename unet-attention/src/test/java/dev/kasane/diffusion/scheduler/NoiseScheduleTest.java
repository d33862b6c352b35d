package dev.kasane.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NoiseScheduleTest {
  private static final Shape SHAPE = new Shape(4, 2, 2, 2);

  static Stream<JsonNode> goldens() {
    return Goldens.list("schedules");
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void tablesAgree(JsonNode golden) {
    float[] expected = Goldens.floats(golden.get("alphasCumprod"));
    float[] actual = schedule(golden).alphasCumprod();
    assertThat(actual).hasSameSizeAs(expected);
    for (int timestep = 0; timestep < expected.length; timestep++) {
      // Square roots of the two differ in the last bit at times, which rescaling to zero SNR multiplies.
      assertThat(actual[timestep])
          .as("timestep %d", timestep)
          .isCloseTo(expected[timestep], within(1e-6f * expected[timestep] + 1e-9f));
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void noisyLatentsAndVelocitiesOfABatchAgree(JsonNode golden) {
    int[] timesteps = timesteps(golden);
    NoiseSchedule schedule = schedule(golden);
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray clean = manager.create(Goldens.floats(golden.get("clean")), SHAPE);
      NDArray noise = manager.create(Goldens.floats(golden.get("noise")), SHAPE);
      int before = manager.getManagedArrays().size();
      NDArray noisy = schedule.addNoise(clean, noise, timesteps);
      NDArray velocity = schedule.velocity(clean, noise, timesteps);
      assertThat(manager.getManagedArrays()).hasSize(before + 2);
      assertThat(Goldens.relativeError(noisy.toFloatArray(), Goldens.floats(golden.get("noisy"))))
          .isLessThan(1e-6);
      assertThat(Goldens.relativeError(velocity.toFloatArray(), Goldens.floats(golden.get("velocity"))))
          .isLessThan(1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void signalToNoiseRatiosAgree(JsonNode golden) {
    NoiseSchedule schedule = schedule(golden);
    int[] timesteps = timesteps(golden);
    float[] expected = Goldens.floats(golden.get("snr"));
    for (int index = 0; index < timesteps.length; index++) {
      assertThat(schedule.snr(timesteps[index])).isBetween(
          expected[index] * 0.99999f, expected[index] * 1.00001f);
    }
  }

  @Test
  void zeroTerminalSnrEndsInPureNoiseAndKeepsItsStart() {
    NoiseSchedule plain = NoiseSchedule.of(Goldens.config("sd-v"));
    NoiseSchedule rescaled = NoiseSchedule.of(Goldens.config("zero-snr"));
    assertThat(plain.alphaCumprod(999)).isGreaterThan(0.004f);
    assertThat(rescaled.alphaCumprod(999)).isZero();
    assertThat(rescaled.snr(999)).isZero();
    assertThat(rescaled.alphaCumprod(0)).isCloseTo(plain.alphaCumprod(0), within(1e-6f));
  }

  @Test
  void oneTimestepServesAWholeBatchAndHalfPrecisionStaysHalf() {
    NoiseSchedule schedule = NoiseSchedule.of(Goldens.config("sd-epsilon"));
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray clean = manager.ones(SHAPE);
      NDArray noise = manager.zeros(SHAPE);
      NDArray one = schedule.addNoise(clean, noise, 500);
      NDArray each = schedule.addNoise(clean, noise, 500, 500, 500, 500);
      assertThat(one.toFloatArray()).containsExactly(each.toFloatArray());
      NDArray half = schedule.addNoise(
          clean.toType(DataType.FLOAT16, true), noise.toType(DataType.FLOAT16, true), 500);
      assertThat(half.getDataType()).isEqualTo(DataType.FLOAT16);
    }
  }

  @Test
  void trainedBetasWinOverTheCurve() {
    BetaConfig config = new BetaConfig(
        3, 0.1, 0.2, BetaSchedule.LINEAR, List.of(0.5, 0.5, 0.5), false);
    assertThat(NoiseSchedule.of(config).alphasCumprod()).containsExactly(0.5f, 0.25f, 0.125f);
  }

  @Test
  void timestepsThatDoNotFitAreNamed() {
    NoiseSchedule schedule = NoiseSchedule.of(Goldens.config("sd-epsilon"));
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray clean = manager.ones(SHAPE);
      assertThatThrownBy(() -> schedule.addNoise(clean, clean, 1000))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1000").hasMessageContaining("999");
      assertThatThrownBy(() -> schedule.addNoise(clean, clean, 1, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 timesteps").hasMessageContaining("1 or 4");
      assertThatThrownBy(() -> schedule.velocity(clean, manager.ones(new Shape(1)), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("shape");
    }
  }

  private static NoiseSchedule schedule(JsonNode golden) {
    SchedulerConfig config = Goldens.config(golden.get("config").textValue());
    return NoiseSchedule.of(config.forKind(SchedulerKind.DDIM));
  }

  private static int[] timesteps(JsonNode golden) {
    return StreamSupport.stream(golden.get("timesteps").spliterator(), false)
        .mapToInt(JsonNode::intValue)
        .toArray();
  }
}
