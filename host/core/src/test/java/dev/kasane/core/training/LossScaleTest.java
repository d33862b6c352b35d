package dev.kasane.core.training;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.TrainingListener.StepReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The numbers of a plan, and what the trainer makes of a loss scale. */
class LossScaleTest {
  private static final LearningRate RATE = new LearningRate(LearningRate.Kind.CONSTANT, 0.01, 0, 1);
  private static final TrainingPlan PLAIN = new TrainingPlan(1, 2, RATE, 1, 7);

  /** One step on w·factor in float16; gives the norm of the gradient. */
  private static double norm(TrainingPlan plan, double factor) {
    try (NDManager owner = Engines.newManager()) {
      NDArray weight = owner.create(new float[] {1}, new Shape(1));
      weight.setRequiresGradient(true);
      Optimizer optimizer = new AdamW(Map.of("w", weight), AdamW.Settings.DEFAULT, owner);
      List<StepReport> reports = new ArrayList<>();
      Objective<Integer> objective = (batch, scope) -> {
        NDArray half = OPS.cast(weight, DataType.FLOAT16);
        return OPS.scale(OPS.cast(half, DataType.FLOAT32), factor).sum();
      };
      new Trainer<>(objective, number -> 0, optimizer, plan, List.of(new TrainingListener() {
        @Override
        public void onStep(StepReport step) {
          reports.add(step);
        }
      })).run(0);
      return reports.get(0).gradientNorm();
    }
  }

  @Test
  void keepsGradientsThatFloat16WouldLose() {
    assertThat(norm(PLAIN, 1e-8)).isZero();
    assertThat(norm(PLAIN.computingIn(DataType.FLOAT16), 1e-8)).isCloseTo(1e-8, within(1e-10));
  }

  @Test
  void fallsForAStepWhoseGradientsOverflow() {
    assertThat(norm(PLAIN.computingIn(DataType.FLOAT16), 500)).isCloseTo(500, within(0.5));
  }

  @Test
  void stopsWhenEvenUnscaledGradientsOverflow() {
    assertThatThrownBy(() -> norm(PLAIN.computingIn(DataType.FLOAT16), 1e6)).isInstanceOf(UserException.class)
        .hasMessageContaining("step 1").hasMessageContaining("bfloat16");
  }

  @Test
  void onlyFloat16IsScaled() {
    assertThat(PLAIN.computingIn(DataType.FLOAT32)).isEqualTo(PLAIN);
    assertThat(PLAIN.computingIn(DataType.BFLOAT16)).isEqualTo(PLAIN);
  }

  @Test
  void seedsDifferByBatchAndRunAndAreNotNegative() {
    Set<Long> seeds = new HashSet<>();
    for (long seed = -20; seed < 20; seed++) {
      TrainingPlan plan = new TrainingPlan(1, 1, RATE, 1, seed);
      for (long batch = 0; batch < 500; batch++) {
        assertThat(plan.seedOf(batch)).isNotNegative().isEqualTo(plan.seedOf(batch));
        seeds.add(plan.seedOf(batch));
      }
    }
    assertThat(seeds).hasSize(40 * 500);
  }
}
