package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.tensor.Engines;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run that trains adapters: trains, measures, checkpoints, goes on where it stopped.
 *
 * @param <B> a batch
 */
public final class AdapterTraining<B> implements AutoCloseable {
  private final NDManager owner;
  private final TrainingTask<B> task;
  private final AdapterSet adapters;
  private final TrainingPlan plan;
  private final Optimizer optimizer;
  private final Map<String, NDArray> state = new LinkedHashMap<>();

  /**
   * @param task what is learnt
   * @param adapters what is trained, attached to the base
   * @param plan steps, learning rate, seed
   * @param optimizers makes the optimiser, which is closed with this run
   */
  public AdapterTraining(
      TrainingTask<B> task, AdapterSet adapters, TrainingPlan plan, OptimizerFactory optimizers) {
    this.task = task;
    this.adapters = adapters;
    this.plan = plan;
    Map<String, NDArray> parameters = adapters.trainableParameters();
    this.owner = Engines.newManager(parameters.values().iterator().next().getDevice());
    this.optimizer = optimizers.make(parameters, task::rateFactor, owner);
    parameters.forEach((name, tensor) -> state.put("parameter." + name, tensor));
    state.putAll(optimizer.state());
  }

  /**
   * Trains to the end.
   *
   * @param done steps that {@link #restore} has found
   * @param listeners told of every step
   */
  public void train(long done, List<TrainingListener> listeners) {
    adapters.phase(LiveUpdate.Phase.TRAINING);
    new Trainer<>(task.objective(), task.batches(), optimizer, plan, owner.getDevice(), listeners).run(done);
    adapters.phase(LiveUpdate.Phase.INFERENCE);
  }

  /** Restores the newest checkpoint and returns the steps done. */
  public long restore(Checkpoints checkpoints) {
    return checkpoints.restore(state);
  }

  /** Writes a checkpoint of the steps done. */
  public void save(Checkpoints checkpoints, long step) {
    checkpoints.save(step, state);
  }

  /** A listener that writes a checkpoint every few steps and after the last. */
  public TrainingListener checkpointing(Checkpoints checkpoints, long every) {
    return new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        if (step.number() % every == 0 || step.number() == plan.steps()) {
          save(checkpoints, step.number());
        }
      }
    };
  }

  /** The mean loss on what was held back, with the adapters' dropouts off meanwhile. */
  public double heldOutLoss() {
    adapters.phase(LiveUpdate.Phase.INFERENCE);
    double loss = task.heldOutLoss();
    adapters.phase(LiveUpdate.Phase.TRAINING);
    return loss;
  }

  @Override
  public void close() {
    optimizer.close();
    owner.close();
  }
}
