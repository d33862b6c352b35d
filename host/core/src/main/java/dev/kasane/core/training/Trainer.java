package dev.kasane.core.training;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import java.util.ArrayList;
import java.util.List;

/**
 * The training loop: batches, gradients, optimiser, listeners. Knows neither pictures nor text.
 *
 * @param <B> a batch
 */
public final class Trainer<B> {
  private static final double SCALE_FALL = 64;

  private final Objective<B> objective;
  private final BatchSource<B> batches;
  private final Optimizer optimizer;
  private final TrainingPlan plan;
  private final Device device;
  private final List<TrainingListener> listeners;

  /** A trainer whose steps are computed on the CPU. */
  public Trainer(Objective<B> objective, BatchSource<B> batches, Optimizer optimizer, TrainingPlan plan,
      List<TrainingListener> listeners) {
    this(objective, batches, optimizer, plan, Device.cpu(), listeners);
  }

  /**
   * @param objective what is minimised
   * @param batches the data
   * @param optimizer moves the parameters
   * @param plan the numbers of the run
   * @param device where the parameters lie and steps are computed
   * @param listeners told of every step, in this order
   */
  public Trainer(Objective<B> objective, BatchSource<B> batches, Optimizer optimizer, TrainingPlan plan,
      Device device, List<TrainingListener> listeners) {
    this.objective = objective;
    this.batches = batches;
    this.optimizer = optimizer;
    this.plan = plan;
    this.device = device;
    this.listeners = List.copyOf(listeners);
  }

  /**
   * Trains up to the planned number of steps.
   *
   * @param done steps that a checkpoint has already made, 0 for a fresh run
   * @throws UserException when the loss or the gradients stop being finite
   */
  public void run(long done) {
    for (long step = done; step < plan.steps(); step++) {
      TrainingListener.StepReport report = step(step);
      for (TrainingListener listener : listeners) {
        listener.onStep(report);
      }
    }
  }

  /**
   * One step. Every step begins with the plan's loss scale and lowers it for itself alone where gradients
   * overflow, so that a step stays a function of its number.
   */
  private TrainingListener.StepReport step(long step) {
    double rate = plan.learningRate().at(step);
    double scale = plan.lossScale();
    while (true) {
      double loss = 0;
      double norm;
      try (NDManager scope = Engines.newManager(device)) {
        List<Made> made = new ArrayList<>();
        for (int i = 0; i < plan.accumulation(); i++) {
          made.add(backward(step * plan.accumulation() + i, scale, scope));
        }
        norm = optimizer.step(rate, 1 / scale, plan.maxGradientNorm());
        // Read after all of the step has been queued, so that a device is waited for once.
        for (Made each : made) {
          loss += each.read(step, rate) / plan.accumulation();
        }
      }
      if (Double.isFinite(norm)) {
        return new TrainingListener.StepReport(step + 1, loss, rate, norm);
      }
      if (scale <= 1) {
        throw new UserException("The gradients of step " + (step + 1) + " are not finite (norm " + norm
            + ", loss " + loss + "). Likely causes: a learning rate that is too high (it is " + rate
            + "), or float16, which overflows: try bfloat16 or float32.");
      }
      scale = Math.max(1, scale / SCALE_FALL);
    }
  }

  private Made backward(long number, double scale, NDManager parent) {
    B batch = batches.batch(number);
    TorchBridge.seed(plan.seedOf(number));
    try (NDManager scope = parent.newSubManager()) {
      NDArray loss = objective.backward(batch, scope, scale / plan.accumulation());
      loss.attach(parent);
      return new Made(batch, loss);
    }
  }

  /** What a batch came to. A step whose gradients are not finite has moved nothing. */
  private record Made(Object batch, NDArray loss) {
    double read(long step, double rate) {
      double value = OPS.cast(loss, DataType.FLOAT64).getDouble();
      if (!Double.isFinite(value)) {
        throw new UserException("The loss of step " + (step + 1) + " is " + value + " on " + batch
            + ". Likely causes: a learning rate that is too high (it is " + rate
            + "), float16 overflow (try bfloat16 or float32), or a damaged picture or base weight.");
      }
      return value;
    }
  }
}
