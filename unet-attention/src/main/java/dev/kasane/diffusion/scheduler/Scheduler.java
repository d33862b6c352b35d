package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;

/**
 * One run of the backward process, for one batch of pictures.
 *
 * <p>Steps are taken in order, from any first index (0 for a fresh picture, {@link #firstStep} for one that
 * starts from another picture); a step out of order is an {@link IllegalStateException}. An instance serves
 * one run and is then closed. Not thread-safe.
 *
 * <p>Arrays given in stay the caller's. Arrays handed out are new, belong to the manager of the latents that
 * were given, and have their number format; the arithmetic between is float32.
 */
public interface Scheduler extends AutoCloseable {
  /**
   * Returns the timesteps to give to the model, one a step, as whole numbers or, for some samplers, with
   * fractions. Multistep samplers may have more of them than {@link #inferenceSteps}.
   */
  double[] timesteps();

  /** Returns the number of steps that was asked for. */
  int inferenceSteps();

  /** Returns the standard deviation that the first latents of a fresh picture have to have. */
  float initNoiseSigma();

  /**
   * Latents as the model wants to see them.
   *
   * @param latents noisy latents before the step, any shape
   * @param stepIndex index into {@link #timesteps}
   */
  NDArray scaleModelInput(NDArray latents, int stepIndex);

  /**
   * Takes one step.
   *
   * @param modelOutput the model's (guided) output for the scaled latents, same shape as {@code latents}
   * @param stepIndex index into {@link #timesteps}; each call has to follow on the one before
   * @param latents noisy latents before the step
   * @param noise asked at most once, and only by samplers that add noise at this step
   * @return latents of the next step, or after the last one the picture
   * @throws IllegalStateException if the index does not follow on the last one
   */
  NDArray step(NDArray modelOutput, int stepIndex, NDArray latents, NoiseSource noise);

  /**
   * Mixes noise into clean latents so that a run can start from them at a step.
   *
   * @param latents clean latents of a picture
   * @param noise Gaussian noise of the same shape
   * @param stepIndex index into {@link #timesteps}, often {@link #firstStep}
   */
  NDArray addNoise(NDArray latents, NDArray noise, int stepIndex);

  /**
   * The first step of a run that starts from a picture.
   *
   * @param strength how much of the picture is given up, above 0 up to 1; 1 takes every step
   * @return index into {@link #timesteps}
   * @throws UserException if the strength is out of range or too small to take even one step
   */
  default int firstStep(double strength) {
    if (!(strength > 0 && strength <= 1)) {
      throw new UserException(
          "strength is " + strength + ", but has to be above 0 and at most 1 (1 redraws everything).");
    }
    int taken = (int) (inferenceSteps() * strength);
    if (taken < 1) {
      throw new UserException(
          "strength " + strength + " of " + inferenceSteps() + " steps is less than one step. Raise the "
              + "strength to at least " + 1.0 / inferenceSteps() + " or take more steps.");
    }
    return inferenceSteps() - taken;
  }

  /** Frees what the sampler remembers of earlier steps. */
  @Override
  void close();
}
