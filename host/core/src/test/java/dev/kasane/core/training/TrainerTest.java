package dev.kasane.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final LearningRate FAST = new LearningRate(LearningRate.Kind.CONSTANT, 0.05, 0, 200);

  @Test
  void findsTheMinimumOfAParabola() {
    try (NDManager owner = Engines.newManager()) {
      NDArray weight = parameter(owner, 3, -2);
      Optimizer optimizer = new AdamW(Map.of("w", weight), new AdamW.Settings(0.9, 0.999, 1e-8, 0), owner);
      List<Double> losses = new ArrayList<>();
      new Trainer<Float>((target, scope) -> weight.sub(target).square().mean(), number -> 1f, optimizer,
          new TrainingPlan(200, 2, FAST, 1, 7), List.of(new TrainingListener() {
            @Override
            public void onStep(StepReport step) {
              losses.add(step.loss());
            }
          })).run(0);
      assertThat(losses).hasSize(200);
      assertThat(losses.get(199)).isLessThan(1e-3);
      assertThat(weight.toFloatArray()[0]).isCloseTo(1f, within(0.05f));
    }
  }

  @Test
  void firstStepsFollowTheFormula() {
    try (NDManager owner = Engines.newManager()) {
      NDArray weight = parameter(owner, 2);
      AdamW.Settings settings = new AdamW.Settings(0.9, 0.999, 1e-8, 0.1);
      AdamW optimizer = new AdamW(Map.of("w", weight), settings, owner);
      double expected = 2;
      double m = 0;
      double v = 0;
      for (int step = 1; step <= 3; step++) {
        new Trainer<Integer>((batch, scope) -> weight.square().sum(), number -> 0, optimizer,
            new TrainingPlan(1, 1, FAST, 0, 7), List.of()).run(0);
        double gradient = 2 * expected;
        m = 0.9 * m + 0.1 * gradient;
        v = 0.999 * v + 0.001 * gradient * gradient;
        expected -= 0.05 * 0.1 * expected;
        expected -= 0.05 * (m / (1 - Math.pow(0.9, step))) / (Math.sqrt(v / (1 - Math.pow(0.999, step))) + 1e-8);
        assertThat((double) weight.toFloatArray()[0]).isCloseTo(expected, within(1e-5));
      }
    }
  }

  @Test
  void aParameterCanHaveALearningRateOfItsOwn() {
    try (NDManager owner = Engines.newManager()) {
      NDArray quick = parameter(owner, 2);
      NDArray slow = parameter(owner, 2);
      AdamW optimizer = new AdamW(Map.of("quick", quick, "slow", slow), new AdamW.Settings(0.9, 0.999, 1e-8, 0),
          name -> name.equals("slow") ? 0.1 : 1, StateMemory.of(owner));
      new Trainer<Integer>((batch, scope) -> quick.square().sum().add(slow.square().sum()), number -> 0, optimizer,
          new TrainingPlan(1, 1, FAST, 0, 7), List.of()).run(0);
      assertThat(2 - quick.toFloatArray()[0]).isCloseTo(0.05f, within(1e-5f));
      assertThat(2 - slow.toFloatArray()[0]).isCloseTo(0.005f, within(1e-5f));
      assertThat(optimizer.state()).containsKeys("first_moment.quick", "first_moment.slow", "step.slow");
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsTheRunAndChangesNothing() {
    try (NDManager owner = Engines.newManager()) {
      NDArray weight = parameter(owner, -1);
      Optimizer optimizer = new AdamW(Map.of("w", weight), AdamW.Settings.DEFAULT, owner);
      Trainer<String> trainer = new Trainer<>((batch, scope) -> weight.log().sum(), number -> "picture.png",
          optimizer, new TrainingPlan(5, 1, FAST, 1, 7), List.of());
      assertThatThrownBy(() -> trainer.run(0)).isInstanceOf(UserException.class)
          .hasMessageContaining("step 1").hasMessageContaining("picture.png").hasMessageContaining("learning rate");
      assertThat(weight.toFloatArray()).containsExactly(-1);
    }
  }

  private static NDArray parameter(NDManager owner, float... values) {
    NDArray weight = owner.create(values, new Shape(values.length));
    weight.setRequiresGradient(true);
    return weight;
  }
}
