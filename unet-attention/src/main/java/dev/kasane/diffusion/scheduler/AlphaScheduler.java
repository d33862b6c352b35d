package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;

/** What the samplers share that look ᾱ up at whole timesteps: DDIM, PNDM and LCM. */
abstract class AlphaScheduler extends StepwiseScheduler {
  private final NoiseSchedule schedule;
  private final float finalAlpha;

  AlphaScheduler(SchedulerConfig config, int steps, double[] timesteps) {
    super(steps, timesteps);
    schedule = NoiseSchedule.of(config);
    finalAlpha = config.solver().setAlphaToOne() ? 1 : schedule.alphaCumprod(0);
    for (double timestep : timesteps) {
      requireUsable(config, steps, (int) timestep);
    }
  }

  @Override
  public float initNoiseSigma() {
    return 1;
  }

  @Override
  NDArray noised(NDArray latents, NDArray noise, int stepIndex) {
    return schedule.addNoise(latents, noise, wholeTimestep(stepIndex));
  }

  final int wholeTimestep(int stepIndex) {
    return (int) timestep(stepIndex);
  }

  /** Training timesteps between two steps of the run. */
  final int stride() {
    return schedule.trainTimesteps() / inferenceSteps();
  }

  /** ᾱ at a timestep; below zero, ᾱ of the finished picture. */
  final float alphaCumprod(int timestep) {
    return timestep < 0 ? finalAlpha : schedule.alphaCumprod(timestep);
  }

  private void requireUsable(SchedulerConfig config, int steps, int timestep) {
    if (timestep >= schedule.trainTimesteps()) {
      throw new UserException(
          steps + " steps with steps_offset " + config.timesteps().stepsOffset() + " ask for timestep "
              + timestep + ", but " + config.origin() + " ends at " + (schedule.trainTimesteps() - 1)
              + ". Take fewer steps.");
    }
    if (config.predictionType() == PredictionType.EPSILON && schedule.alphaCumprod(timestep) == 0) {
      throw new UserException(
          config.origin() + ": with \"rescale_betas_zero_snr\" timestep " + timestep + " is pure noise, from "
              + "which a model with \"prediction_type\": \"epsilon\" cannot find the picture. Choose the "
              + "timestep spacing \"leading\", or correct the prediction type if the model is a v_prediction "
              + "model.");
    }
  }
}
