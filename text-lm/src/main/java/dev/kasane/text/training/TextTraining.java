package dev.kasane.text.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.Checkpoints;
import dev.kasane.core.training.Optimizer;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.Trainer;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.data.TextBatches;
import dev.kasane.text.model.CausalLm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One run that trains adapters on text: trains, measures, checkpoints, goes on where it stopped. */
public final class TextTraining implements AutoCloseable {
  private final NDManager owner = Engines.newManager();
  private final TrainingPlan plan;
  private final TextBatches batches;
  private final List<TextBatch> evaluation;
  private final AdapterSet adapters;
  private final LanguageObjective objective;
  private final Optimizer optimizer;
  private final Map<String, NDArray> state = new LinkedHashMap<>();

  /**
   * @param model the base, with the adapters attached
   * @param adapters what is trained
   * @param data what it is trained on and measured with
   * @param plan steps, learning rate, seed
   * @param settings the constants of AdamW
   * @param checkpointing whether inner results are computed again in backward rather than kept
   */
  public TextTraining(CausalLm model, AdapterSet adapters, TrainingTexts data, TrainingPlan plan,
      AdamW.Settings settings, boolean checkpointing) {
    this(model, adapters, data, plan, OptimizerFactory.adamW(settings), checkpointing);
  }

  /**
   * The same with an optimiser of the caller's choice.
   *
   * @param optimizers makes the optimiser, which is closed with this run
   */
  public TextTraining(CausalLm model, AdapterSet adapters, TrainingTexts data, TrainingPlan plan,
      OptimizerFactory optimizers, boolean checkpointing) {
    this.plan = plan;
    this.batches = data.batches();
    this.evaluation = data.evaluation();
    this.adapters = adapters;
    this.objective = new LanguageObjective(model, checkpointing);
    Map<String, NDArray> parameters = adapters.trainableParameters();
    this.optimizer = optimizers.make(parameters, name -> 1, owner);
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
    adapters.phase(LayerAdapter.Phase.TRAINING);
    new Trainer<>(objective, batches, optimizer, plan, listeners).run(done);
    adapters.phase(LayerAdapter.Phase.INFERENCE);
  }

  /** Restores the newest checkpoint and returns the steps done. */
  public long restore(Checkpoints checkpoints) {
    return checkpoints.restore(state);
  }

  /** Writes a checkpoint of the steps done. */
  public void save(Checkpoints checkpoints, long step) {
    checkpoints.save(step, state);
  }

  /** A listener that writes a checkpoint every few steps. */
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

  /** The mean loss on what was held back; not a number when nothing was. */
  public double evaluationLoss() {
    adapters.phase(LayerAdapter.Phase.INFERENCE);
    double loss = objective.evaluate(evaluation, owner);
    adapters.phase(LayerAdapter.Phase.TRAINING);
    return loss;
  }

  @Override
  public void close() {
    optimizer.close();
    owner.close();
  }
}
