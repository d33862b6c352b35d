package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The training of a whole model from nothing: all parameters with AdamW, an exponential average of them, and
 * checkpoints to go on from.
 */
public final class WholeModelRun {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.99, 1e-8, 1e-2);
  private static final int CHECKPOINT_EVERY = 200;

  private final Map<String, NDArray> parameters;
  private final Map<String, NDArray> average = new LinkedHashMap<>();
  private final AdamW optimizer;
  private final Checkpoints checkpoints;
  private final TrainingListener progress;

  /**
   * @param parameters the trainable tensors by name
   * @param folder where the checkpoints lie
   * @param progress told of every step, and of checkpoints that are passed over
   * @param owner owner of the moments and the average
   */
  public WholeModelRun(Map<String, NDArray> parameters, Path folder, TrainingListener progress, NDManager owner) {
    this.parameters = parameters;
    this.progress = progress;
    this.optimizer = new AdamW(parameters, SETTINGS, owner);
    this.checkpoints = new Checkpoints(folder, folder.getFileName().toString(), 2, progress::onNote);
    parameters.forEach((name, value) -> {
      NDArray copy = owner.zeros(value.getShape(), DataType.FLOAT32);
      value.copyTo(copy);
      average.put(name, copy);
    });
  }

  /**
   * Trains, going on from the newest checkpoint.
   *
   * @param objective what is minimised
   * @param batches the data
   * @param rate the learning rate and the number of steps
   * @param decay share of the average that stays at each step
   */
  public <B> void run(Objective<B> objective, BatchSource<B> batches, LearningRate rate, double decay) {
    long done = checkpoints.restore(state());
    TrainingListener upkeep = new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        // A young average follows quickly, as the first weights mean nothing.
        double warm = Math.min(decay, (1.0 + step.number()) / (10.0 + step.number()));
        AdamW.moveAverage(List.copyOf(average.values()), List.copyOf(parameters.values()), warm);
        if (step.number() % CHECKPOINT_EVERY == 0 || step.number() == rate.steps()) {
          checkpoints.save(step.number(), state());
        }
      }
    };
    TrainingPlan plan = new TrainingPlan(rate.steps(), 1, rate, 1, 5);
    new Trainer<>(objective, batches, optimizer, plan, new ArrayList<>(List.of(upkeep, progress))).run(done);
  }

  /** Puts the averaged weights in the place of the last ones. */
  public void useAverage() {
    average.forEach((name, value) -> {
      NDArray parameter = parameters.get(name);
      parameter.setRequiresGradient(false);
      value.copyTo(parameter);
    });
  }

  private Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    parameters.forEach((name, value) -> state.put("parameter." + name, value));
    average.forEach((name, value) -> state.put("average." + name, value));
    state.putAll(optimizer.state());
    return state;
  }
}
