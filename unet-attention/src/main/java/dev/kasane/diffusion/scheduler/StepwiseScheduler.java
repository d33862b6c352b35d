package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import java.util.function.Supplier;

/** What all samplers share: order of steps, number format, ownership of arrays. */
abstract class StepwiseScheduler implements Scheduler {
  private static final int NOT_STARTED = -1;

  private final int inferenceSteps;
  private final double[] timesteps;
  private int nextStep = NOT_STARTED;
  private NDManager memory;

  StepwiseScheduler(int inferenceSteps, double[] timesteps) {
    this.inferenceSteps = inferenceSteps;
    this.timesteps = timesteps;
  }

  /** One step in float32; arrays it creates are closed afterwards, but for the result and the remembered. */
  abstract NDArray advance(NDArray output, int stepIndex, NDArray latents, NoiseSource noise);

  /** Noisy latents at a step from clean ones, in float32. */
  abstract NDArray noised(NDArray latents, NDArray noise, int stepIndex);

  /** The model's input in float32; the latents as they are unless a sampler scales them. */
  NDArray scaled(NDArray latents, int stepIndex) {
    return latents.duplicate();
  }

  @Override
  public final double[] timesteps() {
    return timesteps.clone();
  }

  @Override
  public final int inferenceSteps() {
    return inferenceSteps;
  }

  @Override
  public final NDArray scaleModelInput(NDArray latents, int stepIndex) {
    requireIndex(stepIndex);
    return resultOf(latents, () -> scaled(float32(latents), stepIndex));
  }

  @Override
  public final NDArray step(NDArray modelOutput, int stepIndex, NDArray latents, NoiseSource noise) {
    requireIndex(stepIndex);
    if (nextStep != NOT_STARTED && stepIndex != nextStep) {
      throw new IllegalStateException(
          "step " + stepIndex + " where " + nextStep + " has to follow: a scheduler serves one run");
    }
    nextStep = stepIndex + 1;
    return resultOf(
        latents, () -> advance(float32(modelOutput), stepIndex, float32(latents), noise));
  }

  @Override
  public final NDArray addNoise(NDArray latents, NDArray noise, int stepIndex) {
    requireIndex(stepIndex);
    return resultOf(latents, () -> noised(float32(latents), float32(noise), stepIndex));
  }

  @Override
  public final void close() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }

  final double timestep(int stepIndex) {
    return timesteps[stepIndex];
  }

  final int stepCount() {
    return timesteps.length;
  }

  /** A copy that outlives the step, until it is closed or the sampler is. */
  final NDArray remember(NDArray array) {
    if (memory == null) {
      memory = array.getManager().getEngine().newBaseManager(array.getDevice());
    }
    NDArray copy = array.duplicate();
    copy.attach(memory);
    NDScope.unregister(copy);
    return copy;
  }

  private static NDArray resultOf(NDArray latents, Supplier<NDArray> computation) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray computed = computation.get();
      NDArray result = computed.toType(latents.getDataType(), false);
      if (result != computed) {
        computed.close();
      }
      result.attach(latents.getManager());
      NDScope.unregister(result);
      return result;
    }
  }

  private static NDArray float32(NDArray array) {
    return array.toType(DataType.FLOAT32, false);
  }

  private void requireIndex(int stepIndex) {
    if (stepIndex < 0 || stepIndex >= timesteps.length) {
      throw new IllegalArgumentException(
          "step " + stepIndex + " is outside 0 to " + (timesteps.length - 1));
    }
  }
}
